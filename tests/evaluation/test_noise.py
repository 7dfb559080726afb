"""What a person is told of a difference: no more than the recordings can show."""

import math

import pytest

from evaluation.bootstrap import Interval
from evaluation.noise import in_words, leaves_out_0


def test_a_difference_is_told_with_its_interval_and_whether_luck_could_have_made_it():
    beyond, within = Interval(0.1, 0.02, 0.2), Interval(0.1, -0.02, 0.2)
    told = "0.100 (95 % interval 0.020 to 0.200, bootstrap over groups), beyond noise"
    assert in_words(beyond, 6) == told
    assert in_words(within, 30, "groups and seeds").endswith("over groups and seeds), within noise")
    assert in_words(Interval(-0.1, -0.2, -0.02), 6).endswith("beyond noise")


@pytest.mark.parametrize("groups", [1, 2, 5])
def test_few_groups_cannot_tell(groups):
    """Of two groups the bootstrap takes luck for a difference in every second comparison."""
    told = in_words(Interval(0.1, 0.02, 0.2), groups)
    assert told.endswith(f"), too few groups ({groups}) to tell")
    assert "0.020 to 0.200" in told


@pytest.mark.parametrize("difference", [Interval(0.1), Interval(math.nan, math.nan, math.nan)])
def test_without_bounds_nothing_is_beyond_noise(difference):
    """NaN is neither above 0 nor below, and so would not be within the interval either."""
    assert in_words(difference, 8).endswith(", no interval")
    assert not leaves_out_0(difference)
