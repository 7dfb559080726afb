import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from projects.audio.decode import RecordingError, Sound
from projects.species.front_ends import front_end_from_settings
from projects.species.front_ends.ast_fbank import AstFbank
from projects.species.front_ends.log_mel import LogMel

FRONT_END = LogMel(segment_seconds=1.0)
RATE = FRONT_END.sample_rate
LENGTH = FRONT_END.segment_samples


def noise(samples, level=0.01):
    return (level * np.random.default_rng(0).standard_normal(samples)).astype(np.float32)


def song(samples):
    return 0.3 * np.sin(2 * np.pi * 3000 * np.arange(samples) / RATE).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(samples=st.integers(RATE // 4, 8 * RATE))
def test_windows_cover_a_recording_of_any_length(samples):
    """A song between two windows, or after the last, would go unheard."""
    positions = np.arange(1, samples + 1, dtype=np.float32)
    windows, shares = FRONT_END.windows(positions)
    assert windows.shape == (len(shares), LENGTH)
    heard = windows[windows > 0]
    np.testing.assert_array_equal(np.unique(heard), positions)
    assert windows[-1].max() == samples
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    if samples >= LENGTH:
        assert windows[-1][-1] == samples
        assert (windows > 0).all()


def test_the_song_has_the_say_and_silence_has_none():
    """A minute of wind must not outvote one song."""
    samples = np.concatenate([np.zeros(4 * RATE, np.float32), noise(16 * RATE)])
    samples[10 * RATE : 11 * RATE] += song(RATE)
    windows, shares = FRONT_END.windows(samples)
    starts = np.minimum(np.arange(len(windows)) * (LENGTH // 2), len(samples) - LENGTH)
    silent, singing = starts + LENGTH <= 4 * RATE, np.abs(starts - 10 * RATE) < LENGTH
    assert shares[silent].sum() < 1e-6
    assert shares[singing].sum() > 0.6


def test_without_any_activity_all_windows_count_alike():
    windows, shares = FRONT_END.windows(np.zeros(3 * RATE, np.float32))
    np.testing.assert_allclose(shares, 1 / len(windows))


@settings(max_examples=40, deadline=None)
@given(samples=st.integers(RATE // 4, 4 * RATE))
def test_a_segment_has_its_length_whatever_the_recordings(samples):
    sound = noise(samples)
    segment = FRONT_END.most_active_segment(sound)
    assert segment.shape == (LENGTH,)
    assert segment.dtype == np.float32
    if samples < LENGTH:
        np.testing.assert_array_equal(segment[:samples], sound)
        assert not segment[samples:].any()


def test_the_background_is_a_second_without_song():
    samples = np.concatenate([noise(3 * RATE, 0.001), song(3 * RATE)])
    background = FRONT_END.background(samples)
    assert background.shape == (RATE,)
    assert np.abs(background).max() < 0.01


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 96000])
@pytest.mark.parametrize("front_end", [LogMel(), AstFbank()])
def test_sound_of_any_rate_is_prepared_to_the_same_length(front_end, rate):
    sound = Sound(np.random.default_rng(0).standard_normal(2 * rate).astype(np.float32), rate)
    prepared = front_end.prepared(sound)
    assert len(prepared) == pytest.approx(2 * front_end.sample_rate, abs=2)
    assert prepared.dtype == np.float32


def test_a_hum_alone_leaves_nothing_and_says_so():
    """Features of the filter's own rounding would be a spectrogram of nothing."""
    faint = Sound(np.full(RATE, 1e-9, np.float32), RATE)
    with pytest.raises(RecordingError, match="nothing is left above the high-pass at 500 Hz"):
        FRONT_END.prepared(faint)


@pytest.mark.parametrize("front_end", [LogMel(high_pass=800), AstFbank(segment_seconds=2)])
def test_a_front_end_comes_back_from_its_settings(front_end):
    """A served model must hear as it did in training."""
    assert front_end_from_settings(front_end.model_dump()) == front_end


@pytest.mark.parametrize(
    "settings_",
    [{"kind": "mfcc"}, {"kind": "log_mel", "hop": 3}, {"kind": "log_mel", "high_pass": -1}],
)
def test_settings_of_no_front_end_are_refused(settings_):
    with pytest.raises(ValidationError):
        front_end_from_settings(settings_)
