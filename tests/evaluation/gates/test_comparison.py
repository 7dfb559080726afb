import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.gates.comparison import Comparison
from projects.errors import UserError

symbols = st.sampled_from([">", ">=", "<", "<="])
numbers = st.floats(-10, 10)
comparisons = st.builds(Comparison, symbols, numbers)


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("> 0.65", 0.65, False),
        ("> 0.65", 0.6500001, True),
        (">= 0.65", 0.65, True),
        ("< 20", 20, False),
        ("<20", 19, True),
        ("<= -1.5e1", -15, True),
    ],
)
def test_condition_means_what_it_says(text, value, holds):
    assert Comparison.parse(text).holds(value) is holds


@given(comparisons)
def test_nan_meets_no_condition(comparison):
    assert not comparison.holds(math.nan)


@pytest.mark.parametrize(
    "text",
    ["", "0.65", "> ", "> nan", "> inf", "> 1e999", "=> 0.5", "== 0.5", "> 0.5 < 0.7", "> 55%"],
)
def test_anything_else_is_refused(text):
    """A guess at what was meant would gate models on the wrong limit."""
    with pytest.raises(UserError, match="finite number") as error:
        Comparison.parse(text)
    assert "\n" not in str(error.value)


@given(comparisons, numbers)
def test_miss_is_the_way_to_the_limit(comparison, value):
    missed = comparison.miss(value)
    assert missed >= 0
    if comparison.holds(value):
        assert missed == 0
    else:
        assert missed == abs(value - comparison.limit)


@given(comparisons, comparisons, numbers)
def test_what_does_not_overlap_has_no_value_in_common(one, other, value):
    """A value that both passes and stops would be let through or not by the order of the code."""
    candidates = [value, one.limit, other.limit, (one.limit + other.limit) / 2]
    if not one.overlaps(other):
        assert not any(one.holds(value) and other.holds(value) for value in candidates)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("> 0.5", "< 0.5", False),
        (">= 0.5", "< 0.5", False),
        (">= 0.5", "<= 0.5", True),
        ("> 0.5", "< 0.6", True),
        ("> 0.5", "> 0.4", True),
        ("< 20", "> 30", False),
    ],
)
def test_overlap(one, other, overlap):
    assert Comparison.parse(one).overlaps(Comparison.parse(other)) is overlap
    assert Comparison.parse(other).overlaps(Comparison.parse(one)) is overlap


@given(st.builds(Comparison, symbols, st.floats(allow_nan=False, allow_infinity=False)))
def test_the_exact_text_reads_back_to_the_last_digit(comparison):
    """A limit cut to six digits would gate the next model otherwise than this one."""
    assert Comparison.parse(comparison.exact()) == comparison
