import numpy as np
import pytest

from projects.codec.study.music import play
from projects.codec.study.settings import SAMPLE_RATE


def test_the_notes_are_on_the_scale_of_equal_temperament():
    """It would be noise under the speech, and not the music that the seed's sound has."""
    sound = play(8.0, np.random.default_rng(0))
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    semitones = 12 * np.log2(hz[1:] / 110.0)
    in_tune = np.abs(semitones - np.rint(semitones)) < 0.2  # of noise, 0.4 would be
    assert power[1:][in_tune].sum() > 0.9 * power.sum()


def test_length_level_and_seed():
    """Music would be cut off, drown the speech or change between two makings."""
    sound = play(2.5, np.random.default_rng(1))
    assert sound.shape == (round(2.5 * SAMPLE_RATE),) and sound.dtype == np.float32
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(0.1, rel=1e-3)
    assert np.array_equal(sound, play(2.5, np.random.default_rng(1)))
    assert not np.array_equal(sound, play(2.5, np.random.default_rng(2)))


def test_notes_decay():
    """Notes would be held like an organ's, and loudness would be flat."""
    chord = play(0.29, np.random.default_rng(3))  # less than the shortest beat
    early, late = chord[480:2880], chord[-2400:]
    assert late.std() < 0.75 * early.std()
    assert np.abs(chord[:24]).max() < 0.2 * np.abs(chord).max()  # no click
