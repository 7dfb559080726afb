"""Which row is better than which, and whether a person should believe it."""

import numpy as np
import pytest
from birds import answers
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng

from evaluation.bootstrap import Interval, paired_difference
from evaluation.classification import METRICS, accuracy
from evaluation.comparison.paired import (
    COMPARED,
    PairedTest,
    correctness_p,
    negated,
    paired_tests,
)
from evaluation.predictions import Predictions
from evaluation.recipes import recipes_difference
from projects.errors import UserError

seeds = st.integers(0, 2**16)


def test_every_pair_is_tested_once_and_adjusted_for_all():
    recipes = {name: [answers(skill)] for name, skill in (("a", 0.9), ("b", 0.5), ("c", 0.85))}
    tests = paired_tests(recipes)
    assert [(each.ours, each.theirs) for each in tests] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert all(each.adjusted >= each.p for each in tests)
    assert max(each.adjusted for each in tests) == max(each.p for each in tests)
    assert min(each.adjusted for each in tests) == pytest.approx(3 * min(e.p for e in tests))


@given(seeds, seeds)
@settings(max_examples=15)
def test_exchanging_two_rows_changes_signs_and_nothing_else(one, other):
    (test,) = paired_tests({"a": [answers(0.8, one)], "b": [answers(0.7, other)]})
    (turned,) = paired_tests({"b": [answers(0.7, other)], "a": [answers(0.8, one)]})
    assert turned.p == test.p
    for metric in COMPARED:
        mine, theirs = test.differences[metric], negated(turned.differences[metric])
        bounds = (theirs.value, theirs.lower, theirs.upper)
        assert (mine.value, mine.lower, mine.upper) == pytest.approx(bounds)


def test_one_network_each_has_the_interval_of_the_plain_paired_bootstrap():
    """Two parts of the platform would otherwise say two things of the same pair."""
    one, other = answers(0.9, 1), answers(0.6, 2)
    (test,) = paired_tests({"a": [one], "b": [other]})
    for metric in COMPARED:
        plain = paired_difference(one, other, METRICS[metric])
        found = test.differences[metric]
        assert (found.value, found.lower, found.upper) == pytest.approx(
            (plain.value, plain.lower, plain.upper)
        )


def test_two_networks_that_answer_alike_are_within_noise():
    (test,) = paired_tests({"a": [answers(0.8, 3)], "b": [answers(0.8, 3)]})
    assert (test.p, test.differences["accuracy"]) == (1, Interval(0, 0, 0))
    assert test.sentence().startswith("a minus b: within noise, accuracy 0.000")


def test_which_recipe_an_answer_came_from_does_not_show_where_names_are_shuffled():
    """Answers exchanged at random within recordists leave no difference to be found."""
    better, worse = answers(0.95, 4), answers(0.5, 5)
    found = []
    for seed in range(40):
        exchanged = np.repeat(default_rng(seed).random(15) < 0.5, 4)[:, None]
        mixed = [
            Predictions(
                better.item_ids,
                better.groups,
                better.truth,
                np.where(exchanged == turn, better.probabilities, worse.probabilities),
                better.labels,
            )
            for turn in (True, False)
        ]
        found.append(correctness_p(mixed[:1], mixed[1:]))
    assert np.mean(np.array(found) <= 0.05) <= 0.15
    assert correctness_p([better], [worse]) < 0.001


def test_a_clear_winner_is_named_whichever_way_round_it_stands():
    recipes = {"weak": [answers(0.3, 1)], "strong": [answers(0.95, 2)]}
    (test,) = paired_tests(recipes)
    assert test.beyond_noise
    assert test.sentence().startswith("strong is better than weak by 0.")
    assert "-" not in test.sentence()


def found(accuracy: Interval, p: float, adjusted: float) -> PairedTest:
    differences = {"accuracy": accuracy, "macro_f1": Interval(0.1, 0.02, 0.2)}
    return PairedTest("a", "b", differences, p, adjusted, one_seed=False)


def test_a_difference_needs_its_interval_and_its_adjusted_p_value():
    """Testing many pairs, or lucky seeds, would otherwise make a winner."""
    assert found(Interval(0.1, 0.02, 0.2), 0.01, 0.03).beyond_noise
    assert not found(Interval(0.1, -0.02, 0.2), 0.01, 0.03).beyond_noise
    among_many = found(Interval(0.1, 0.02, 0.2), 0.02, 0.2)
    assert not among_many.beyond_noise
    assert "within noise among so many pairs" in among_many.sentence()


def test_one_recordist_alone_decides_nothing():
    one = answers(0.9, 1)
    groups = ["ada"] * len(one.groups)
    alone = [
        Predictions(each.item_ids, groups, each.truth, each.probabilities, each.labels)
        for each in (one, answers(0.2, 2))
    ]
    (test,) = paired_tests({"a": alone[:1], "b": alone[1:]})
    assert not test.beyond_noise
    assert (test.p, test.differences["accuracy"].lower) == (1, None)


def test_seeds_are_averaged_before_the_test():
    """Three seeds of which one is lucky are not the lucky one."""
    lucky, others = answers(0.99, 1), [answers(0.5, seed) for seed in (2, 3)]
    reference = [answers(0.5, 4)]
    assert correctness_p([lucky, *others], reference) > correctness_p([lucky], reference)


def test_a_pair_with_a_recipe_of_one_network_says_that_seeds_were_not_tried():
    recipes = {
        "a": [answers(0.9, 1), answers(0.9, 2)],
        "b": [answers(0.5, 3), answers(0.5, 4)],
        "c": [answers(0.6, 5)],
    }
    tests = paired_tests(recipes)
    assert [each.one_seed for each in tests] == [False, True, True]
    limits = ["other seeds were not tried" in each.sentence() for each in tests]
    assert limits == [False, True, True]


def test_a_recipe_is_measured_once_and_each_pair_is_what_it_would_be_alone(monkeypatch):
    """Thirty rows would take minutes; and rows added must not change what is said of others."""
    recipes = {name: [answers(0.7, 2 * n), answers(0.8, 2 * n + 1)] for n, name in enumerate("abc")}
    measured = []

    def counted(predictions, weights):
        measured.append(predictions)
        return accuracy(predictions, weights)

    with monkeypatch.context() as patch:
        patch.setitem(METRICS, "accuracy", counted)
        tests = paired_tests(recipes)
    assert len(measured) == 6
    for test in tests:
        for metric in COMPARED:
            alone = recipes_difference(recipes[test.ours], recipes[test.theirs], METRICS[metric])
            assert test.differences[metric] == alone


def test_other_clips_are_refused():
    other = answers(0.8)
    renamed = Predictions(
        [f"x {item}" for item in other.item_ids],
        other.groups,
        other.truth,
        other.probabilities,
        other.labels,
    )
    with pytest.raises(UserError, match="same clips"):
        paired_tests({"a": [other], "b": [renamed]})
    assert paired_tests({"a": [other]}) == []
