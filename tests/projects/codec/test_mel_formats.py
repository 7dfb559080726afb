import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.codec.mel import SILENCE
from projects.codec.mel_formats import mel_2d, mel_3d
from projects.codec.tr_grid import TrGrid
from projects.errors import UserError

MELS = 5


def spectrogram(n_frames):
    return np.random.default_rng(n_frames).normal(-8, 3, (n_frames, MELS)).astype(np.float32)


def test_a_tr_of_one_and_a_half_seconds_holds_112_or_113_frames():
    """Cut to 112 everywhere, 920 TRs would lose six seconds of sound."""
    grid = TrGrid(1.5, 75, 920 * 225 // 2)
    features = mel_3d(spectrogram(grid.n_frames), grid)
    assert features.shape == (920, MELS, 113)
    assert sorted(set(grid.mask.sum(axis=1))) == [112, 113]


@given(st.integers(1, 1000), st.sampled_from([0.58, 1.0, 1.5, 2.0]))
def test_every_frame_is_in_its_tr_once_and_in_order(n_frames, tr):
    log_mel, grid = spectrogram(n_frames), TrGrid(tr, 75, n_frames)
    features = mel_3d(log_mel, grid)
    assert features.dtype == np.float32
    np.testing.assert_array_equal(grid.join_frames(features.swapaxes(1, 2)), log_mel)


def test_padding_is_silent():
    """Zero in a logarithm of power is louder than speech."""
    grid = TrGrid(1.5, 75, 300)
    features = mel_3d(spectrogram(300), grid).swapaxes(1, 2)
    assert (~grid.mask).any()
    np.testing.assert_allclose(features[~grid.mask], SILENCE)


@given(st.integers(1, 1000), st.sampled_from([0.58, 1.0, 1.5, 2.0]))
def test_a_trs_mean_is_that_of_its_own_frames(n_frames, tr):
    """Padding in the mean would make every other TR louder than it was, and the last one most."""
    log_mel, grid = spectrogram(n_frames), TrGrid(tr, 75, n_frames)
    expected = [part.mean(axis=0) for part in np.split(log_mel, grid.edges[1:-1])]
    features = mel_2d(log_mel, grid)
    assert features.shape == (grid.n_trs, MELS)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-4)


def test_the_mean_of_half_precision_does_not_drift():
    """In float16, summing 113 frames loses a digit."""
    log_mel, grid = spectrogram(225).astype(np.float16), TrGrid(1.5, 75, 225)
    exact = mel_2d(log_mel.astype(np.float64), grid)
    np.testing.assert_allclose(mel_2d(log_mel, grid), exact, atol=1e-5)


@pytest.mark.parametrize("of", [mel_2d, mel_3d])
def test_frames_of_another_recording_are_refused(of):
    """Shifted by a few frames, sound and brain would be compared at different times."""
    with pytest.raises(UserError, match="300"):
        of(spectrogram(299), TrGrid(1.5, 75, 300))
