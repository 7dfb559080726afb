import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.random import default_rng
from numpy.testing import assert_allclose

from evaluation.bootstrap import Interval, group_weights, intervals, paired_difference
from evaluation.classification import METRICS
from evaluation.predictions import Predictions
from projects.errors import UserError

ACCURACY = {"accuracy": METRICS["accuracy"]}


def grouped_predictions(random, groups=40, clips=10, mean=0.6):
    """Clips of recordists who differ: some record so well that nearly all theirs are found."""
    chance_of_group = random.beta(2 * mean, 2 * (1 - mean), groups)
    right = random.random((groups, clips)) < chance_of_group[:, None]
    truth = np.where(right.ravel(), 0, 1)
    n = groups * clips
    return Predictions(
        item_ids=[f"clip {i}" for i in range(n)],
        groups=[f"recordist {i // clips}" for i in range(n)],
        truth=truth,
        probabilities=np.tile([0.9, 0.1], (n, 1)),
        labels=["wren", "owl"],
    )


def coverage(make_groups, trials=150, mean=0.6):
    """How often the 95 % interval holds the accuracy that the simulation was made with."""
    random = default_rng(0)
    held = 0
    for seed in range(trials):
        predictions = grouped_predictions(random, mean=mean)
        predictions = replace(predictions, groups=make_groups(predictions))
        interval = intervals(predictions, ACCURACY, resamples=300, seed=seed)["accuracy"]
        held += interval.lower <= mean <= interval.upper
    return held / trials


def test_interval_over_groups_holds_the_truth_as_often_as_it_says():
    assert 0.90 <= coverage(lambda predictions: predictions.groups) <= 0.99


def test_interval_over_clips_would_be_too_narrow():
    """Why groups are drawn and not clips: the reader would be told 95 % and get far less."""
    assert coverage(lambda predictions: predictions.item_ids) < 0.75


def test_clips_of_a_group_are_drawn_together():
    weights = group_weights(["a", "b", "a", "c"], resamples=50, seed=0)
    assert weights.shape == (50, 4)
    assert np.array_equal(weights[:, 0], weights[:, 2])
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_groups_are_drawn_with_the_variance_of_a_bootstrap():
    """Drawing k of k with replacement gives counts of mean 1 and variance 1 - 1/k."""
    weights = group_weights(list("abcdefghij"), resamples=20_000, seed=0)
    assert_allclose(weights.mean(axis=0), 1, atol=0.04)
    assert_allclose(weights.var(axis=0), 0.9, atol=0.04)


def test_same_seed_gives_same_intervals(make_predictions):
    """A report made again from the same scores must not change."""
    predictions = make_predictions(items=120, classes=5)
    first = intervals(predictions, METRICS, resamples=250, seed=3)
    assert intervals(predictions, METRICS, resamples=250, seed=3) == first
    assert intervals(predictions, METRICS, resamples=250, seed=4) != first


def test_interval_does_not_depend_on_how_many_are_measured_at_once(make_predictions):
    predictions = make_predictions(items=60, classes=5)
    weights = group_weights(predictions.groups, resamples=250, seed=1)
    expected = np.quantile(METRICS["map"](predictions, weights), [0.05, 0.95])
    interval = intervals(predictions, METRICS, resamples=250, level=0.9, seed=1)["map"]
    assert_allclose([interval.lower, interval.upper], expected)


def test_permuted_labels_give_chance(make_predictions):
    """A leak between truth and score would show here as more than chance."""
    predictions = make_predictions(items=2000, classes=5)
    shuffled = replace(predictions, truth=default_rng(1).permutation(predictions.truth))
    interval = intervals(shuffled, ACCURACY)["accuracy"]
    assert interval.lower < 1 / 5 < interval.upper
    assert intervals(predictions, ACCURACY)["accuracy"].lower > 0.25


def test_one_group_gives_no_bounds(make_predictions):
    """One recordist drawn again and again would give a bound that looks certain."""
    predictions = make_predictions(items=30, classes=3, clips_a_group=30)
    for interval in intervals(predictions, METRICS).values():
        assert (interval.lower, interval.upper) == (None, None)


def better(predictions):
    """The same model, which now also knows the first tenth of the clips."""
    known = np.eye(len(predictions.labels))[predictions.truth]
    first = np.arange(len(predictions.truth))[:, None] < len(predictions.truth) / 10
    return replace(predictions, probabilities=np.where(first, known, predictions.probabilities))


def test_paired_difference_of_a_model_with_itself_is_nothing(make_predictions):
    predictions = make_predictions(items=100, classes=4)
    for metric in METRICS.values():
        assert paired_difference(predictions, predictions, metric) == Interval(0, 0, 0)


def test_paired_difference_is_candidate_minus_champion(make_predictions):
    """The sign reversed, every worse model would be promoted."""
    champion = make_predictions(items=400, classes=4)
    candidate = better(champion)
    up = paired_difference(candidate, champion, METRICS["macro_f1"])
    down = paired_difference(champion, candidate, METRICS["macro_f1"])
    assert 0 < up.lower < up.value < up.upper
    assert_allclose([down.value, down.lower, down.upper], [-up.value, -up.upper, -up.lower])


def test_pairing_is_narrower_than_two_separate_intervals(make_predictions):
    """Unpaired draws would hide real gains in the noise of the test set."""
    champion = make_predictions(items=400, classes=4)
    candidate = better(champion)
    paired = paired_difference(candidate, champion, METRICS["accuracy"])
    alone = [intervals(each, ACCURACY)["accuracy"] for each in (candidate, champion)]
    unpaired = math.hypot(*(each.upper - each.lower for each in alone))
    assert paired.upper - paired.lower < 0.7 * unpaired


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"item_ids": [f"clip {i}" for i in (1, 0, 2, 3)]}, "same clips"),
        ({"groups": ["a", "b", "c", "d"]}, "same groups"),
        ({"truth": np.array([0, 0, 0, 0])}, "same truth"),
        ({"labels": ["species 1", "species 0"]}, "same labels"),
    ],
)
def test_models_scored_on_different_clips_are_not_compared(make_predictions, changes, says):
    champion = make_predictions(items=4, classes=2)
    champion = replace(champion, truth=np.array([0, 1, 0, 1]))
    with pytest.raises(UserError, match=says) as error:
        paired_difference(replace(champion, **changes), champion, METRICS["accuracy"])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("arguments", [{"resamples": 0}, {"level": 0.0}, {"level": 95}])
def test_arguments_out_of_range_are_refused(make_predictions, arguments):
    with pytest.raises(UserError, match="Expected"):
        intervals(make_predictions(items=4, classes=2), ACCURACY, **arguments)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_interval_knows_that_a_number_is_not_finite(number):
    assert Interval(0.5).finite
    assert Interval(0.5, 0.4, 0.6).finite
    assert not Interval(number).finite
    assert not Interval(0.5, number, 0.6).finite
    assert not Interval(0.5, 0.4, number).finite
