from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.codec.tr_grid import TrGrid
from projects.errors import UserError

SEED = TrGrid(tr=1.5, frame_rate=75, n_frames=103_500)
"""The seed's 23 minutes of EnCodec frames."""


@st.composite
def grids(draw):
    tr = draw(st.floats(0.2, 10) | st.sampled_from([0.58, 0.72, 1.1, 1.5, 2.2]))
    frame_rate = draw(st.floats(5, 200) | st.sampled_from([75.0, 50.0, 44100 / 512]))
    return TrGrid(tr, frame_rate, draw(st.integers(1, 3000)))


def test_23_minutes_come_back_to_the_frame():
    """The seed's fault: 112 frames a TR loses 460 frames, 6.1 s of sound."""
    codes = np.random.default_rng(0).integers(0, 1024, (8, 103_500), dtype=np.int16)
    cut = SEED.cut_codes(codes)
    assert cut.shape == (920, 8, 113)
    assert set(np.diff(SEED.edges)) == {112, 113}
    joined = SEED.join_codes(cut)
    assert joined.dtype == codes.dtype
    np.testing.assert_array_equal(joined, codes)
    lost = codes.shape[1] - cut[:, 0, :112].size
    assert lost == 460
    assert lost / 75 == pytest.approx(6.13, abs=0.01)


def test_a_tr_starts_where_the_clock_says_however_late():
    """Rounding that adds up would shift the sound against the scan by the end."""
    assert np.abs(SEED.edges / 75 - 1.5 * np.arange(921)).max() <= 0.5 / 75 + 1e-12


@settings(deadline=None)
@given(grid=grids())
def test_each_frame_is_owned_once(grid):
    """A frame owned twice or never is a click, or a shift, in the sound."""
    owned = np.concatenate(
        [np.arange(a, b) for a, b in zip(grid.edges[:-1], grid.edges[1:], strict=True)]
    )
    np.testing.assert_array_equal(owned, np.arange(grid.n_frames))
    np.testing.assert_array_equal(grid.mask.sum(axis=1), np.diff(grid.edges))
    assert np.diff(grid.edges).min() > 0, "a TR that owns nothing"


@settings(deadline=None)
@given(grid=grids(), codebooks=st.integers(1, 4))
def test_cut_and_joined_is_the_same(grid, codebooks):
    """Codes must come back whole at any TR, or they cannot be decoded."""
    codes = np.arange(1, 1 + codebooks * grid.n_frames).reshape(codebooks, grid.n_frames)
    cut = grid.cut_codes(codes)
    assert cut.shape == (grid.n_trs, codebooks, grid.width)
    assert not cut.swapaxes(1, 2)[~grid.mask].any(), "padding that is not zero"
    np.testing.assert_array_equal(grid.join_codes(cut), codes)


@settings(deadline=None)
@given(grid=grids(), dimensions=st.integers(1, 3))
def test_frames_of_numbers_come_back_too(grid, dimensions):
    """Mel bands and latents go the same way as the codes that they stand for."""
    frames = np.random.default_rng(0).normal(size=(grid.n_frames, dimensions))
    cut = grid.cut_frames(frames)
    assert cut.shape == (grid.n_trs, grid.width, dimensions)
    np.testing.assert_array_equal(grid.join_frames(cut), frames)


@settings(deadline=None)
@given(hundredths=st.integers(20, 1000), rate=st.integers(5, 200), n_frames=st.integers(1, 100_000))
def test_edges_are_those_of_exact_arithmetic(hundredths, rate, n_frames):
    """0.58 s at 75 Hz are 43.5 frames, in floats a little less: half a frame the wrong way."""
    per_tr = Fraction(hundredths * rate, 100)
    grid = TrGrid(hundredths / 100, rate, n_frames)
    expected = [floor(i * per_tr + Fraction(1, 2)) for i in range(grid.n_trs + 1)]
    assert expected[-2] < n_frames <= expected[-1], "not the fewest TRs"
    np.testing.assert_array_equal(grid.edges, [*expected[:-1], n_frames])
    np.testing.assert_array_equal(np.diff(grid.edges) <= grid.width, True)


def test_short_recordings_have_the_width_of_long_ones():
    """Recordings of different lengths could not be batched."""
    assert TrGrid(1.5, 75, 10).cut_codes(np.ones((8, 10), int)).shape == (1, 8, 113)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((0.1, 75, 100), "tr:"),
        ((11, 75, 100), "tr:"),
        ((float("nan"), 75, 100), "tr:"),
        ((1.5, 0.5, 100), "frame_rate:"),
        ((1.5, -75, 100), "rate:"),
        ((1.5, float("inf"), 100), "rate:"),
        ((1.5, float("nan"), 100), "rate:"),
        ((1.5, 75, 0), "n_frames:"),
    ],
)
def test_an_impossible_grid_is_refused(values, named):
    """Milliseconds for seconds would cut the sound into nonsense."""
    with pytest.raises(UserError, match=f"^[^\n]*{named}[^\n]*got[^\n]*$"):
        TrGrid(*values)


def test_frames_of_another_recording_are_refused():
    with pytest.raises(UserError, match="expected 103500 frames as on the grid, got 103040"):
        SEED.cut_codes(np.zeros((8, 103_040), int))
    with pytest.raises(UserError, match="expected 920 TRs of 113 frames"):
        SEED.join_codes(np.zeros((920, 8, 112), int))
