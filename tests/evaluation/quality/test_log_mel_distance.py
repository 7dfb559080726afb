import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from evaluation.quality.log_mel_distance import FLOOR_DB, log_mel_distance
from evaluation.quality.pair import UnscorableClip

RATE = 24_000
NOISE = default_rng(0).normal(size=RATE) * 0.05


def librosa_mels(sound):
    return librosa.feature.melspectrogram(y=sound, sr=RATE, n_fft=1024, hop_length=256, n_mels=80)


def test_agrees_with_librosa(speech, noisy):
    reference, estimate = librosa_mels(speech), librosa_mels(noisy(15))
    floor = reference.max() * 10 ** (-FLOOR_DB / 10)
    decibels = [10 * np.log10(np.maximum(mels, floor)) for mels in (reference, estimate)]
    expected = np.abs(decibels[0] - decibels[1]).mean()
    assert log_mel_distance(speech, noisy(15), RATE) == pytest.approx(expected, rel=1e-4)


def test_a_sound_is_at_no_distance_from_itself(speech):
    assert log_mel_distance(speech, speech, RATE) == 0.0


@given(decibels=st.floats(-20, 20))
def test_a_change_of_level_is_its_own_distance(decibels):
    """The unit: 3 dB too loud in every band must read as 3."""
    louder = NOISE * 10 ** (decibels / 20)
    assert log_mel_distance(NOISE, louder, RATE) == pytest.approx(abs(decibels), abs=1e-9)


@given(gain=st.floats(0.01, 10))
def test_the_level_of_the_recording_does_not_matter(gain):
    """The floor follows the reference, so that quiet recordings are judged as loud ones are."""
    estimate = NOISE + 0.02 * default_rng(1).normal(size=RATE)
    scaled = log_mel_distance(gain * NOISE, gain * estimate, RATE)
    assert scaled == pytest.approx(log_mel_distance(NOISE, estimate, RATE), rel=1e-9)


def test_what_lies_below_the_floor_is_not_heard(speech):
    """Else digital silence against inaudible noise would be hundreds of dB and decide the mean."""
    gated = np.where(np.arange(len(speech)) % RATE < RATE // 2, speech, 0.0)
    hiss = 1e-8 * default_rng(0).normal(size=len(speech))
    assert log_mel_distance(gated, gated + hiss, RATE) < 1e-3


def test_phase_does_not_matter(speech):
    """Griffin-Lim keeps the mels and invents the phase: this is the metric that allows it."""
    assert log_mel_distance(speech, -speech, RATE) == 0.0


def test_sound_at_the_ends_of_a_clip_counts():
    """Frames that leave out the ends would miss the clicks that codecs make there."""
    clicks = NOISE.copy()
    clicks[[0, -1]] += 0.5
    assert log_mel_distance(NOISE, clicks, RATE) > 0.01


def test_a_clip_shorter_than_a_window_is_refused(speech):
    with pytest.raises(UnscorableClip, match=r"at least 0.043 s"):
        log_mel_distance(speech[:1023], speech[:1023], RATE)
