"""Numbers as a person reads them."""

import pytest

from evaluation.bootstrap import Interval
from evaluation.comparison.cells import cell, count, duration, score


@pytest.mark.parametrize(
    ("seconds", "expected"), [(2.34, "2.3 s"), (90, "1.5 min"), (3600, "1.0 h"), (90000, "25.0 h")]
)
def test_time_in_the_unit_that_fits(seconds, expected):
    assert duration(seconds) == expected


@pytest.mark.parametrize(("value", "shown"), [(5, "5"), (5.5, "5.5"), (86_200_000, "86,200,000")])
def test_counts(value, shown):
    assert count(value) == shown


def test_cells():
    assert cell(None, score) == "-"
    assert cell(Interval(0.5), score) == "0.500"
    assert cell(Interval(0.5, 0.4, 0.6), score) == "0.500 (0.400 to 0.600)"
