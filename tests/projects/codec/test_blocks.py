import re
from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from projects.audio.splits import SIDES, TEST, TRAIN, VALIDATION
from projects.codec.blocks import GAP, Standardiser, block_split, split_runs
from projects.codec.hrf import HRF_SECONDS, convolve_hrf
from projects.errors import UserError

FRACTIONS = st.floats(0.05, 0.4)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@settings(deadline=None)
@given(
    usable=st.integers(20, 2000),
    tr=st.floats(0.2, 10),
    validation=FRACTIONS,
    test=FRACTIONS,
    gap=st.floats(32, 100),
)
def test_sides_are_whole_blocks_with_more_than_the_gap_between(usable, tr, validation, test, gap):
    """A training TR within a response of a test TR would be scored on what it has seen."""
    n_trs = usable + 2 * ceil(gap / tr)
    sides = block_split(n_trs, tr, validation, test, gap)
    assert len(sides) == n_trs
    places = [np.flatnonzero(sides == side) for side in SIDES]
    for block in places:
        assert len(block) == np.ptp(block) + 1
    for earlier, later in pairwise(places):
        apart = (later[0] - earlier[-1] - 1) * tr
        assert gap - 1e-6 <= apart < gap + tr + 1e-6
    usable = sum(len(block) for block in places)
    assert usable == np.sum(sides != GAP)
    assert validation * usable - 1 < len(places[1]) <= validation * usable + 1e-6
    assert test * usable - 1 < len(places[2]) <= test * usable + 1e-6


def test_no_response_reaches_from_one_side_into_another():
    """What the gap is for: the convolved test block does not change with the training sound."""
    sides = block_split(920, 1.5, 0.15, 0.15)
    features = noise(920)
    before = convolve_hrf(features, 1.5)
    features[sides == TRAIN] += 1000
    after = convolve_hrf(features, 1.5)
    later = np.isin(sides, [VALIDATION, TEST])
    np.testing.assert_array_equal(after[later], before[later])
    assert (after != before)[sides == GAP].any()


def test_the_seeds_23_minutes():
    sides = block_split(920, 1.5, 0.15, 0.15)
    counts = {side: int(np.sum(sides == side)) for side in [*SIDES, GAP]}
    assert counts == {TRAIN: 614, VALIDATION: 131, TEST: 131, GAP: 44}


@settings(deadline=None)
@given(tr=st.floats(0.2, 10), validation=FRACTIONS, test=FRACTIONS)
def test_a_run_that_is_too_short_is_told_how_long_it_must_be(tr, validation, test):
    """The number in the message is right: that many TRs do, one less does not."""
    with pytest.raises(UserError, match="is too short") as refused:
        block_split(1, tr, validation, test)
    needed = int(re.search(r"expected (\d+) TRs", str(refused.value))[1])
    assert set(block_split(needed, tr, validation, test)) == {*SIDES, GAP}
    with pytest.raises(UserError, match="is too short"):
        block_split(needed - 1, tr, validation, test)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"gap_seconds": 31}, "gap_seconds: expected 32 or more"),
        ({"gap_seconds": float("inf")}, "gap_seconds"),
        ({"gap_seconds": float("nan")}, "gap_seconds"),
        ({"test_fraction": 0}, "test_fraction"),
        ({"validation_fraction": -0.1}, "validation_fraction"),
        ({"validation_fraction": 0.8, "test_fraction": 0.2}, "less than 1 together"),
        ({"test_fraction": float("nan")}, "test_fraction"),
        ({"tr": 1500}, "tr: expected 0.2 to 10 seconds"),
    ],
)
def test_what_cannot_be_split_so_is_refused(changed, named):
    values = {"n_trs": 920, "tr": 1.5, "validation_fraction": 0.2, "test_fraction": 0.2}
    with pytest.raises(UserError, match=named):
        block_split(**{**values, **changed})


def test_each_run_is_split_by_itself():
    """With whole runs on one side, a model would be judged on another day's scanner noise."""
    split = split_runs([300, 450], 2.0, 0.2, 0.1)
    assert [len(sides) for sides in split] == [300, 450]
    for sides in split:
        np.testing.assert_array_equal(sides, block_split(len(sides), 2.0, 0.2, 0.1, HRF_SECONDS))


def test_scaling_is_scikit_learns():
    train = 5 + 3 * noise(200, 4)
    later = noise(50, 4, seed=1)
    ours = Standardiser.fit(train).apply(later)
    np.testing.assert_allclose(ours, StandardScaler().fit(train).transform(later), atol=1e-6)
    assert ours.dtype == np.float32


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999))
def test_scaling_learns_nothing_from_the_test_block(seed):
    """Scaled with the whole series, a score tells of data that it should not know."""
    sides = block_split(920, 1.5, 0.15, 0.15)
    features = noise(920, 3)
    before = Standardiser.fit(features[sides == TRAIN]).apply(features)
    features[sides != TRAIN] += 100 * noise(int(np.sum(sides != TRAIN)), 3, seed=seed)
    after = Standardiser.fit(features[sides == TRAIN]).apply(features)
    np.testing.assert_array_equal(after[sides == TRAIN], before[sides == TRAIN])


@pytest.mark.parametrize("value", [0.0, 0.1, -1e6, 1e-30])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_feature_that_never_changes_becomes_zero(value, dtype):
    """Divided by its deviation, it would be NaN, or rounding blown up to 1."""
    train = np.full((917, 2), value, dtype)
    train[:, 1] = noise(917)
    scaled = Standardiser.fit(train).apply(train)
    np.testing.assert_allclose(scaled[:, 0], 0, atol=1e-6)
    assert scaled[:, 1].std() == pytest.approx(1, abs=1e-5)


def test_small_features_are_features():
    train = 1e-6 * noise(200, 1)
    assert Standardiser.fit(train).apply(train).std() == pytest.approx(1, abs=1e-5)


def test_scaling_keeps_the_shape_of_what_stands_at_a_tr():
    train = noise(30, 2, 3)
    standardiser = Standardiser.fit(train)
    assert standardiser.mean.shape == standardiser.scale.shape == (2, 3)
    assert standardiser.apply(train[:7]).shape == (7, 2, 3)


@pytest.mark.parametrize("train", [np.ones((0, 3)), np.array([[1.0], [np.nan]])])
def test_nothing_can_be_learnt_from_nothing_or_nan(train):
    with pytest.raises(UserError, match="expected finite features of one TR or more"):
        Standardiser.fit(train)
