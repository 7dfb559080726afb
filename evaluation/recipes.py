"""Recipes of training, each tried with several seeds, on one test set."""

from collections.abc import Sequence

import numpy as np

from evaluation.bootstrap import Interval, check_paired, group_weights
from evaluation.classification import Metric
from evaluation.predictions import Predictions

SEED_DRAWS = 1
"""Added to the seed of the groups' draws, so that seeds are drawn independently of them."""


def recipes_difference(
    ours: Sequence[Predictions],
    theirs: Sequence[Predictions],
    metric: Metric,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Mean score of one recipe's networks minus that of another's.

    A draw takes groups of clips with replacement, the same for all networks, and of each recipe
    as many networks as there are, with replacement: other clips and other seeds might have come.
    With few seeds that says too little of them, by a factor (n - 1) / n in the variance.

    Args:
        ours: Predictions of networks that differ by their seed, on the same clips.
        theirs: Those of the other recipe, on the same clips.
        metric: To compare on.
        resamples: Number of draws, at least 1.
        level: Share of draws inside the interval, in (0, 1).
        seed: Of the draws.

    Returns:
        The difference, above 0 where ours score more; without bounds where all clips are of one
        group.

    Raises:
        UserError: Clips, groups, truth or labels differ.
    """
    return _combined([(1, ours), (-1, theirs)], metric, resamples, level, seed)


def recipe_interval(
    networks: Sequence[Predictions],
    metric: Metric,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Mean score of a recipe's networks.

    Draws are those of `recipes_difference`; of one network it is what
    `evaluation.bootstrap.intervals` says.

    Args:
        networks: Predictions of networks that differ by their seed, on the same clips.
        metric: To measure.
        resamples: Number of draws, at least 1.
        level: Share of draws inside the interval, in (0, 1).
        seed: Of the draws.

    Returns:
        The mean; without bounds where all clips are of one group.

    Raises:
        UserError: Clips, groups, truth or labels differ.
    """
    return _combined([(1, networks)], metric, resamples, level, seed)


def _combined(
    signed: Sequence[tuple[int, Sequence[Predictions]]],
    metric: Metric,
    resamples: int,
    level: float,
    seed: int,
) -> Interval:
    """The sum of recipes' mean scores, each with its sign."""
    first, *others = [network for _, recipe in signed for network in recipe]
    for other in others:
        check_paired(first, other)
    once = np.ones((1, len(first.groups)))
    value = sum(sign * _scores(recipe, metric, once).mean() for sign, recipe in signed)
    if len(set(first.groups)) == 1:
        return Interval(float(value))
    weights = group_weights(first.groups, resamples, seed)
    random = np.random.default_rng(seed + SEED_DRAWS)
    drawn = np.zeros(resamples)
    for sign, recipe in signed:
        drawn += sign * _drawn_means(_scores(recipe, metric, weights), random)
    # A draw without a clip of the classes that a metric is about says nothing of them.
    lower, upper = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(lower), float(upper))


def _scores(recipe: Sequence[Predictions], metric: Metric, weights: np.ndarray) -> np.ndarray:
    return np.stack([metric(predictions, weights) for predictions in recipe])


def _drawn_means(scores: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Mean over networks drawn with replacement, (networks, draws) to (draws,)."""
    networks, draws = scores.shape
    chosen = random.integers(networks, size=scores.shape)
    return scores[chosen, np.arange(draws)].mean(axis=0)
