"""Names, numbers and times as people read them."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import filters


@given(st.text(), st.integers(1, 50))
def test_no_text_is_longer_than_its_place_and_a_cut_shows(text, longest):
    cut = filters.cut(text, longest)
    assert len(cut) <= longest or cut == text[: longest - 1] + "…"
    assert cut == text or cut.endswith("…")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.500"),
        (12.345, "12.3"),
        (123456.0, "1.235e+05"),
        (math.inf, "inf"),
        (-0.1, "-0.100"),
    ],
)
def test_numbers_of_a_column_have_as_many_decimals(value, text):
    assert filters.figure(value) == text


@pytest.mark.parametrize("written", [filters.figure, filters.duration])
@pytest.mark.parametrize("value", [None, math.nan])
def test_what_is_not_known_is_a_dash(written, value):
    assert written(value) == filters.NONE


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "now"), (90, "1 min"), (7200, "2 h"), (200_000, "2 d"), (-5, "now")]
)
def test_age_has_one_unit(seconds, text):
    assert filters.ago(datetime.now(UTC) - timedelta(seconds=seconds)) == text


def test_costs_have_units():
    assert (filters.size(2_500_000), filters.duration(0.0123)) == ("2.5 MB", "12 ms")
