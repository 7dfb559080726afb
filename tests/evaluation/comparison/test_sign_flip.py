"""The test between two rows: clips of one recordist are not independent evidence."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from scipy.stats import binomtest, permutation_test

from evaluation.comparison.sign_flip import sign_flip_p

differences = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=40)


def alone(values):
    return [str(place) for place in range(len(values))]


@pytest.mark.parametrize(("won", "lost", "same"), [(8, 2, 5), (1, 0, 3), (4, 4, 0), (0, 6, 9)])
def test_with_each_clip_its_own_group_it_is_mcnemars_exact_test(won, lost, same):
    values = np.array([1.0] * won + [-1.0] * lost + [0.0] * same)
    expected = binomtest(won, won + lost).pvalue
    assert sign_flip_p(values, alone(values)) == pytest.approx(expected)


def test_beyond_what_can_be_enumerated_it_is_near_mcnemars_too():
    values = np.array([1.0] * 30 + [-1.0] * 15)
    assert sign_flip_p(values, alone(values)) == pytest.approx(binomtest(30, 45).pvalue, abs=0.01)


def test_it_agrees_with_scipy_on_sums_of_groups():
    sums = default_rng(0).normal(0.4, 1, size=10)
    found = permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_p(sums, alone(sums)) == pytest.approx(found.pvalue)


def test_many_clips_of_one_recordist_are_one_witness():
    """A single recordist with a hundred clips would otherwise decide a comparison."""
    assert sign_flip_p(np.ones(100), ["ada"] * 100) == 1
    assert sign_flip_p(np.ones(100), ["ada"] * 50 + ["eve"] * 50) == 0.5
    assert sign_flip_p(np.ones(100), alone(np.ones(100))) < 0.001


@given(differences, st.integers(1, 6))
def test_exchanging_the_rows_changes_nothing(values, of_group):
    values = np.array(values)
    groups = [str(place // of_group) for place in range(len(values))]
    p = sign_flip_p(values, groups)
    assert 0 < p <= 1
    assert sign_flip_p(-values, groups) == p


@given(differences, st.randoms())
@settings(max_examples=50)
def test_the_order_of_the_clips_does_not_matter(values, random):
    places = list(range(len(values)))
    random.shuffle(places)
    groups = [str(place // 3) for place in range(len(values))]
    shuffled = sign_flip_p(np.array(values)[places], [groups[place] for place in places])
    assert shuffled == pytest.approx(sign_flip_p(np.array(values), groups))


def test_equal_rows_are_told_apart_no_more_often_than_the_level_says():
    """Otherwise a table of equal networks would name a winner."""
    random = default_rng(1)
    p_values = []
    for _ in range(400):
        of_group = np.repeat(random.normal(size=10), 5)  # Clips of a group agree.
        p_values.append(sign_flip_p(of_group, [str(place // 5) for place in range(50)]))
    for level in (0.05, 0.2, 0.5, 0.8):
        assert np.mean(np.array(p_values) <= level) == pytest.approx(level, abs=0.07)


def test_taking_clips_for_independent_would_name_winners_that_are_none():
    """Why groups: five clips that agree count as five witnesses in McNemar's test."""
    random = default_rng(1)
    signs = [np.repeat(random.choice([-1.0, 1.0], 12), 5) for _ in range(100)]
    groups = [str(place // 5) for place in range(60)]
    assert np.mean([sign_flip_p(each, groups) <= 0.05 for each in signs]) <= 0.1
    assert np.mean([binomtest(int((each > 0).sum()), 60).pvalue <= 0.05 for each in signs]) > 0.2


def test_no_difference_at_all_is_no_evidence():
    assert sign_flip_p(np.zeros(20), alone(np.zeros(20))) == 1


def test_the_seeds_mean_of_thirds_is_not_lost_to_rounding():
    """Sums such as 1/3 + 1/3 - 2/3 would otherwise count as further from 0 than themselves."""
    values = np.array([1 / 3, 2 / 3, -1 / 3, 1 / 3])
    sums = [
        abs(sum(s * v for s, v in zip(flip, values, strict=True)))
        for flip in product((-1, 1), repeat=4)
    ]
    expected = np.mean([each >= 1 - 1e-9 for each in sums])
    assert sign_flip_p(values, alone(values)) == pytest.approx(expected)
