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
    check_all_paired([*ours, *theirs])
    scores = [drawn_scores(recipe, metric, resamples, seed) for recipe in (ours, theirs)]
    return scores_difference(scores[0], scores[1], level, seed)


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
    check_all_paired(networks)
    return _combined([(1, drawn_scores(networks, metric, resamples, seed))], level, seed)


def check_all_paired(networks: Sequence[Predictions]) -> None:
    """Refuses predictions that are not all about the same clips in the same order.

    Raises:
        UserError: Naming what differs.
    """
    for other in networks[1:]:
        check_paired(networks[0], other)


def drawn_scores(
    networks: Sequence[Predictions], metric: Metric, resamples: int = 1000, seed: int = 0
) -> np.ndarray:
    """Scores of a recipe's networks, to be measured once and compared with many others.

    Args:
        networks: Predictions of networks that differ by their seed, on the same clips.
        metric: To measure.
        resamples: Number of draws, at least 1.
        seed: Of the draws.

    Returns:
        (networks, 1 + resamples): on all clips, then on each draw of groups; (networks, 1) where
        all clips are of one group.
    """
    groups = networks[0].groups
    weights = np.ones((1, len(groups)))
    if len(set(groups)) > 1:
        weights = np.concatenate([weights, group_weights(groups, resamples, seed)])
    return np.stack([metric(predictions, weights) for predictions in networks])


def scores_difference(
    ours: np.ndarray, theirs: np.ndarray, level: float = 0.95, seed: int = 0
) -> Interval:
    """What `recipes_difference` says of two recipes whose `drawn_scores` are known.

    Args:
        ours: Of the one, (networks, draws).
        theirs: Of the other, of the same draws.
        level: Share of draws inside the interval, in (0, 1).
        seed: Of the draws.
    """
    return _combined([(1, ours), (-1, theirs)], level, seed)


def _combined(signed: Sequence[tuple[int, np.ndarray]], level: float, seed: int) -> Interval:
    """The sum of recipes' mean scores, each with its sign."""
    value = float(sum(sign * scores[:, 0].mean() for sign, scores in signed))
    if signed[0][1].shape[1] == 1:
        return Interval(value)
    random = np.random.default_rng(seed + SEED_DRAWS)
    drawn = sum(sign * _drawn_means(scores[:, 1:], random) for sign, scores in signed)
    # A draw without a clip of the classes that a metric is about says nothing of them.
    lower, upper = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(lower), float(upper))


def _drawn_means(scores: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Mean over networks drawn with replacement, (networks, draws) to (draws,)."""
    networks, draws = scores.shape
    chosen = random.integers(networks, size=scores.shape)
    return scores[chosen, np.arange(draws)].mean(axis=0)
