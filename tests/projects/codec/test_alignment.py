from math import ceil

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from projects.codec.alignment import align, common_length
from projects.errors import UserError

RATES = st.floats(0.05, 200) | st.sampled_from([30.0, 75.0, 23.976, 1 / 1.5])
SECONDS = st.floats(10, 200)
TRS = st.floats(0.2, 10) | st.sampled_from([1.5, 2.0, 0.72])


def ramp(n, rate):
    """The time itself, as a modality at this rate sees it: each sample at its centre."""
    return (np.arange(n) + 0.5) / rate


def centres(n_trs, tr):
    return (np.arange(n_trs) + 0.5) * tr


def test_a_ramp_in_time_stays_the_same_ramp_to_the_last_tr():
    """Stretched until lengths agree, a film would be off by seconds at its end."""
    seconds = 1380
    for rate in (30, 75, 23.976, 2.0):
        aligned = align(ramp(int(seconds * rate), rate), rate, 1.5, 920, "linear")
        np.testing.assert_allclose(aligned, centres(920, 1.5), atol=1e-9)


@settings(deadline=None)
@given(seconds=SECONDS, rate=RATES, tr=TRS)
def test_linear_is_numpys_interpolation_in_time(seconds, rate, tr):
    """Features would be of another moment than the scan."""
    n = ceil(seconds * rate)
    covered = common_length({"video": (n, rate)}, tr)
    features = np.random.default_rng(0).normal(size=(n, 2))
    aligned = align(features, rate, tr, covered, "linear")
    for column in range(2):
        expected = np.interp(centres(covered, tr), ramp(n, rate), features[:, column])
        np.testing.assert_allclose(aligned[:, column], expected, atol=1e-6)


@settings(deadline=None)
@given(seconds=SECONDS, rate=RATES, tr=TRS)
def test_nearest_takes_a_sample_as_it_is_and_the_one_of_that_moment(seconds, rate, tr):
    """An interpolated code is the name of another sound."""
    n = ceil(seconds * rate)
    codes = np.random.default_rng(0).integers(0, 1024, (n, 2)).astype(np.int16)
    aligned = align(np.column_stack([codes, np.arange(n)]), rate, tr, 100_000, "nearest")
    places = aligned[:, 2]
    np.testing.assert_array_equal(aligned[:, :2], codes[places])
    moment = centres(len(aligned), tr)
    assert np.all(places / rate <= moment * (1 + 1e-9))
    assert np.all(moment <= (places + 1) / rate * (1 + 1e-9))


def test_a_modality_at_the_trs_rate_comes_through_as_it_is():
    volumes = np.random.default_rng(0).normal(size=(920, 3))
    for how in ("nearest", "linear"):
        np.testing.assert_array_equal(align(volumes, 1 / 1.5, 1.5, 920, how), volumes)


def test_types_are_kept():
    assert align(np.ones((90, 2), np.float32), 30, 1.5, 2, "linear").dtype == np.float32
    assert align(np.ones((90, 2), np.int16), 30, 1.5, 2, "nearest").dtype == np.int16


@pytest.mark.parametrize("how", ["nearest", "linear"])
def test_a_modality_that_ends_early_is_cropped_and_not_stretched(how):
    """A subtitle track of 10 minutes is not one of 23."""
    video = ramp(30 * 600, 30)
    aligned = align(video, 30, 1.5, 920, how)
    assert len(aligned) == 400
    np.testing.assert_array_equal(aligned[:100], align(video[: 30 * 200], 30, 1.5, 100, how))


def test_a_modality_that_goes_on_is_cropped_at_the_grids_end():
    assert len(align(ramp(30 * 2000, 30), 30, 1.5, 920, "linear")) == 920


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, bool])
def test_integers_are_never_interpolated(dtype):
    with pytest.raises(UserError, match=r"^linear: .*codes are names[^\n]*$"):
        align(np.ones((100, 8), dtype), 75, 1.5, 1, "linear")


def test_an_unknown_way_is_refused():
    with pytest.raises(UserError, match="how: expected nearest or linear, got 'cubic'"):
        align(np.ones(100), 30, 1.5, 2, "cubic")  # type: ignore[arg-type]


def test_the_common_length_is_that_of_the_shortest():
    """A model would be given sound without its scan, or none at all."""
    modalities = {"sound": (103_500, 75.0), "video": (30 * 1200, 30.0), "fmri": (920, 1 / 1.5)}
    common = common_length(modalities, 1.5)
    assert common == 800
    for samples, rate in modalities.values():
        assert len(align(np.zeros(samples), rate, 1.5, common, "nearest")) == common


@settings(deadline=None)
@given(n=st.integers(1, 2000), rate=RATES, tr=TRS)
def test_as_many_trs_are_covered_as_have_their_centre_in_the_modality(n, rate, tr):
    place = n / rate / tr + 0.5
    assume(place >= 1 and abs(place - round(place)) > 1e-6)
    assert common_length({"sound": (n, rate)}, tr) == int(place)


def test_a_modality_without_a_tr_is_named():
    with pytest.raises(UserError, match=r"^text: expected half a TR or more, 0\.75 s"):
        common_length({"sound": (1000, 75.0), "text": (1, 75.0)}, 1.5)
    with pytest.raises(UserError, match="one modality or more"):
        common_length({}, 1.5)
    with pytest.raises(UserError, match="n_trs: expected 1 or more, got 0"):
        align(np.ones(100), 75, 1.5, 0, "linear")
