"""A recipe that is no better must not be told apart from the other by luck with seeds."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from evaluation.bootstrap import Interval, intervals, paired_difference
from evaluation.classification import METRICS
from evaluation.predictions import Predictions
from evaluation.recipes import recipe_interval, recipes_difference
from projects.errors import UserError

ACCURACY = METRICS["accuracy"]
GROUPS, CLIPS = 30, 4


def network(random: Generator, hardness: np.ndarray, skill: float) -> Predictions:
    """A network of a recipe: its seed makes it a little better or worse on all clips."""
    luck = random.normal(0, 0.05)
    chance = np.clip(np.repeat(hardness, CLIPS) + skill + luck, 0, 1)
    right = random.random(GROUPS * CLIPS) < chance
    return Predictions(
        [f"clip {i}" for i in range(GROUPS * CLIPS)],
        [f"recordist {i // CLIPS}" for i in range(GROUPS * CLIPS)],
        np.where(right, 0, 1),
        np.tile([0.9, 0.1], (GROUPS * CLIPS, 1)),
        ["wren", "owl"],
    )


def recipe(random: Generator, hardness: np.ndarray, skill: float, seeds: int) -> list[Predictions]:
    """Its networks on the same clips; what is true is put into the answer, not into the truth."""
    networks = [network(random, hardness, skill) for _ in range(seeds)]
    shared = np.zeros(GROUPS * CLIPS, dtype=np.int64)
    flipped = []
    for each in networks:
        wrong = each.truth == 1
        probabilities = np.where(wrong[:, None], [0.1, 0.9], [0.9, 0.1])
        flipped.append(replace(each, truth=shared, probabilities=probabilities))
    return flipped


def found_beyond_noise(skill: float, trials: int = 60) -> float:
    """Share of comparisons whose interval leaves 0 out."""
    beyond = 0
    for trial in range(trials):
        random = default_rng(trial)
        hardness = random.beta(6, 4, GROUPS)
        ours = recipe(random, hardness, skill, 5)
        theirs = recipe(random, hardness, 0.0, 5)
        difference = recipes_difference(ours, theirs, ACCURACY, resamples=300, seed=trial)
        beyond += not difference.lower <= 0 <= difference.upper
    return beyond / trials


def test_equal_recipes_are_told_apart_seldom_and_a_better_one_nearly_always():
    assert found_beyond_noise(0.0) <= 0.2
    assert found_beyond_noise(0.25) >= 0.9


def test_pairing_two_single_networks_alone_would_take_luck_for_a_better_recipe():
    """Why seeds are drawn too: the interval over clips alone forgets that seeds differ."""
    wider = 0
    for trial in range(10):
        random = default_rng(trial)
        hardness = random.beta(6, 4, GROUPS)
        ours, theirs = (recipe(random, hardness, 0.0, 5) for _ in range(2))
        both = recipes_difference(ours, theirs, ACCURACY, resamples=300)
        clips = [
            paired_difference(one, other, ACCURACY, resamples=300)
            for one, other in zip(ours, theirs, strict=True)
        ]
        values = [each.value for each in clips]
        assert both.value == pytest.approx(np.mean(values))
        wider += both.upper - both.lower > np.std(values)
    assert wider == 10


def test_exchanging_the_recipes_changes_the_sign():
    random = default_rng(0)
    hardness = random.beta(6, 4, GROUPS)
    ours, theirs = recipe(random, hardness, 0.2, 3), recipe(random, hardness, 0.0, 3)
    one = recipes_difference(ours, theirs, ACCURACY)
    other = recipes_difference(theirs, ours, ACCURACY)
    assert one.value == pytest.approx(-other.value)
    assert one.lower < one.value < one.upper


def test_networks_tested_on_other_clips_are_not_compared():
    random = default_rng(0)
    hardness = random.beta(6, 4, GROUPS)
    ours, theirs = recipe(random, hardness, 0.0, 2), recipe(random, hardness, 0.0, 2)
    renamed = replace(theirs[1], item_ids=[f"other {name}" for name in theirs[1].item_ids])
    with pytest.raises(UserError, match="same clips"):
        recipes_difference(ours, [theirs[0], renamed], ACCURACY)


def test_one_network_has_the_interval_that_its_own_evaluation_says():
    """Otherwise a row of a comparison and the report of its run would differ."""
    random = default_rng(3)
    (alone,) = recipe(random, random.beta(6, 4, GROUPS), 0.1, 1)
    for name, plain in intervals(alone, METRICS).items():
        found = recipe_interval([alone], METRICS[name])
        assert (found.value, found.lower, found.upper) == pytest.approx(
            (plain.value, plain.lower, plain.upper)
        )


def test_a_recipe_is_as_good_as_its_seeds_are_on_average_and_less_sure_than_one_of_them():
    random = default_rng(4)
    networks = recipe(random, random.beta(6, 4, GROUPS), 0.0, 4)
    both = recipe_interval(networks, ACCURACY)
    assert both.value == pytest.approx(np.mean([each.correct.mean() for each in networks]))
    assert both.lower < both.value < both.upper


def test_seeds_that_differ_widen_the_interval():
    """Four seeds from 0.5 to 0.9 are no sure 0.7."""
    random = default_rng(5)
    hardness = random.beta(6, 4, GROUPS)
    alike = recipe_interval(recipe(random, hardness, 0.0, 1) * 4, ACCURACY)
    apart = [recipe(random, hardness, skill, 1)[0] for skill in (-0.3, -0.1, 0.1, 0.3)]
    wide = recipe_interval(apart, ACCURACY)
    assert wide.upper - wide.lower > 1.3 * (alike.upper - alike.lower)


def test_one_recordist_gives_no_bounds():
    """An interval of no width would be taken for certainty."""
    random = default_rng(6)
    networks = [
        replace(each, groups=["ada"] * len(each.groups))
        for each in recipe(random, random.beta(6, 4, GROUPS), 0.0, 2)
    ]
    value = np.mean([each.correct.mean() for each in networks])
    assert recipe_interval(networks, ACCURACY) == Interval(pytest.approx(value))
    assert recipes_difference(networks[:1], networks[1:], ACCURACY).lower is None
