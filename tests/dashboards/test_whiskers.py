"""Bars with whiskers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.whiskers import WIDTH, common_scale, whiskers
from evaluation.bootstrap import Interval

INTERVALS = st.builds(Interval, *[st.floats(-1e6, 1e6)] * 3)


@given(st.lists(INTERVALS, min_size=1, max_size=8))
def test_all_of_a_column_is_drawn_on_one_scale_and_within_its_width(measured):
    scale = common_scale("si_sdr", measured)
    drawn = [whiskers(each, scale) for each in measured]
    for each, one in zip(measured, drawn, strict=True):
        left, width = one.bar
        assert 0 <= left <= left + width <= WIDTH
        assert 0 <= one.lower <= WIDTH
        assert 0 <= one.upper <= WIDTH
        assert (one.lower <= one.upper) == (each.lower <= each.upper) or one.lower == one.upper


def test_a_share_is_drawn_on_the_scale_of_shares():
    """Else the best of a bad lot would look as if it were right always."""
    scale = common_scale("accuracy", [Interval(0.25, 0.2, 0.3)])
    assert (scale.low, scale.high) == (0, 1)
    assert whiskers(Interval(0.5, 0.25, 1.0), scale).bar == pytest.approx((1, 47))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_not_drawn(value):
    measured = Interval(value, 0, 1)
    assert whiskers(measured, common_scale("x", [measured])) is None
    assert whiskers(None, common_scale("x", [])) is None


def test_a_value_without_an_interval_is_a_bar():
    drawn = whiskers(Interval(3.0), common_scale("epochs", [Interval(3.0)]))
    assert (drawn.lower, drawn.upper, drawn.label) == (None, None, "no interval")
