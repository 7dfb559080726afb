import numpy as np
import pytest

from projects.audio.decode import Sound
from projects.audio.resample import resample


def tone(hz, rate):
    return Sound(np.sin(2 * np.pi * hz * np.arange(rate) / rate).astype(np.float32), rate)


def test_equals_librosas_resampling():
    """A model trained on librosa's features would hear something else."""
    librosa = pytest.importorskip("librosa")
    noise = np.random.default_rng(0).standard_normal(44100).astype(np.float32)
    expected = librosa.resample(noise, orig_sr=44100, target_sr=22050, res_type="soxr_hq")
    np.testing.assert_allclose(resample(Sound(noise, 44100), 22050).samples, expected, atol=1e-6)


def test_the_same_rate_leaves_the_sound_alone():
    sound = tone(440, 22050)
    assert resample(sound, 22050) is sound


def test_a_tone_that_the_new_rate_cannot_hold_dies_instead_of_folding():
    """An alias would be a song that no bird sang."""
    assert np.abs(resample(tone(15000, 48000), 22050).samples[1000:-1000]).max() < 1e-3
