"""p-values of many pairs: testing often enough must not find something by luck."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluation.comparison.holm import holm

p_values = arrays(np.float64, st.integers(0, 12), elements=st.floats(0, 1))


def test_a_worked_example():
    """0.01 x 4, 0.02 x 3, 0.03 x 2 (not below the one before) and 0.04 x 1 (likewise)."""
    np.testing.assert_allclose(holm([0.04, 0.01, 0.03, 0.02]), [0.06, 0.04, 0.06, 0.06])


def test_a_textbook_example_with_ties_and_a_limit():
    np.testing.assert_allclose(holm([0.6, 0.01, 0.01, 0.7]), [1, 0.04, 0.04, 1])


@given(p_values)
def test_no_value_shrinks_leaves_the_range_or_changes_places(values):
    """Otherwise the table would call a pair surer than its own test does."""
    adjusted = holm(values)
    assert adjusted.shape == values.shape
    assert (adjusted >= values).all() and (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(values, kind="stable")]) >= 0).all()


@given(p_values, st.randoms())
def test_the_order_of_the_pairs_does_not_matter(values, random):
    places = list(range(len(values)))
    random.shuffle(places)
    np.testing.assert_array_equal(holm(values[places]), holm(values)[places])


@given(p_values)
def test_at_most_bonferronis(values):
    """Holm's is never the weaker method: else a real difference is lost for nothing."""
    assert (holm(values) <= np.minimum(values * max(len(values), 1), 1) + 1e-12).all()


def test_one_pair_is_not_adjusted():
    assert holm([0.03]) == [0.03]
