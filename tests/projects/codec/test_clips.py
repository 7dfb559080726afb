from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from projects.audio.decode import RecordingError
from projects.codec.clips import Cutting, read_clips

RATE = 100


@given(st.integers(1, 20 * RATE), st.floats(1, 20), st.integers(1, 8))
def test_clips_are_whole_apart_and_no_more_than_asked(n_samples, seconds, most):
    """Clips that overlap would count one sound twice; a sliver would get a score of its own."""
    bounds = Cutting(seconds, most).bounds(n_samples, RATE)
    assert 1 <= len(bounds) <= most
    for start, end in bounds:
        assert 0 <= start < end <= n_samples
        assert end - start <= round(seconds * RATE)
        assert end - start >= min(RATE, n_samples)
    assert all(end <= start for (_, end), (start, _) in pairwise(bounds))


def test_all_of_a_recording_is_used_where_the_bound_allows_it():
    assert Cutting(2.0, 12).bounds(5 * RATE, RATE) == [(0, 200), (200, 400), (400, 500)]


def test_a_rest_under_a_second_is_dropped():
    assert Cutting(2.0, 12).bounds(490, RATE) == [(0, 200), (200, 400)]


def test_few_clips_lie_in_the_middles_of_the_recording_and_not_at_its_quiet_ends():
    assert Cutting(1.0, 1).bounds(9 * RATE, RATE) == [(400, 500)]
    assert Cutting(1.0, 3).bounds(9 * RATE, RATE) == [(100, 200), (400, 500), (700, 800)]


def test_clips_are_the_recording_itself_at_the_rate_asked_for(tmp_path):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * 24_000).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", samples, 24_000, "FLOAT")
    clips = read_clips(tmp_path / "a.wav", Cutting(1.0, 3), 24_000)
    assert [clip.start for clip in clips] == [0, 1, 2]
    np.testing.assert_array_equal(np.concatenate([clip.samples for clip in clips]), samples)
    (half,) = read_clips(tmp_path / "a.wav", Cutting(20.0, 3), 12_000)
    assert len(half.samples) == 3 * 12_000


def test_a_damaged_recording_says_so(tmp_path):
    (tmp_path / "a.wav").write_text("not audio")
    with pytest.raises(RecordingError, match="expected WAV"):
        read_clips(tmp_path / "a.wav", Cutting(1.0, 3), 24_000)
