"""Intervals by resampling groups: clips of one recordist are not independent evidence."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from evaluation.classification import Metric
from evaluation.predictions import Predictions
from projects.errors import UserError

_CHUNK = 100  # resamples measured at once; bounds the memory, does not change the result


@dataclass(frozen=True)
class Interval:
    """A measured value with what else it may have been.

    Attributes:
        value: The score on all clips.
        lower: Lower bound of the interval, None where there is none.
        upper: Upper bound of the interval, None where there is none.
    """

    value: float
    lower: float | None = None
    upper: float | None = None

    @property
    def finite(self) -> bool:
        """Whether no number that is there is NaN or infinite."""
        numbers = (self.value, self.lower, self.upper)
        return all(math.isfinite(number) for number in numbers if number is not None)


def dotted(metrics: Mapping[str, Interval], prefix: str) -> dict[str, float]:
    """Metrics and the bounds of their intervals under dotted names, as a run keeps them."""
    values = {}
    for metric, interval in metrics.items():
        values[f"{prefix}.{metric}"] = interval.value
        if interval.lower is not None and interval.upper is not None:
            values[f"{prefix}.{metric}.lower"] = interval.lower
            values[f"{prefix}.{metric}.upper"] = interval.upper
    return values


def group_weights(groups: list[str], resamples: int, seed: int) -> np.ndarray:
    """Draws whole groups with replacement, as many as there are.

    Args:
        groups: The group of each of n clips.
        resamples: Number of draws b, at least 1.
        seed: Same seed and groups, same draws.

    Returns:
        How often each clip's group was drawn, float64, shape (b, n).

    Raises:
        UserError: If `resamples` is below 1.
    """
    if resamples < 1:
        raise UserError(f"Expected at least 1 bootstrap resample, got {resamples}: try 1000.")
    names, group_of_clip = np.unique(np.array(groups, dtype=str), return_inverse=True)
    chances = np.full(len(names), 1 / len(names))
    draws = np.random.default_rng(seed).multinomial(len(names), chances, size=resamples)
    return draws[:, group_of_clip].astype(np.float64)


def group_interval(
    measure: Callable[[np.ndarray], np.ndarray],
    groups: list[str],
    resamples: int,
    level: float,
    seed: int,
) -> Interval:
    """Measures anything with its percentile interval over resampled groups.

    Args:
        measure: Turns the weights of n clips in each of b samples, (b, n), into b values.
        groups: The group of each of the n clips.
        resamples: Number of draws, at least 1.
        level: Share of draws inside the interval, in (0, 1).
        seed: Seed of the draws.

    Returns:
        The interval; without bounds where all clips are of one group.

    Raises:
        UserError: If `resamples` or `level` is out of range.
    """
    if not 0 < level < 1:
        raise UserError(f"Expected an interval level between 0 and 1, got {level}: try 0.95.")
    value = float(measure(np.ones((1, len(groups))))[0])
    if len(set(groups)) == 1:
        return Interval(value)
    weights = group_weights(groups, resamples, seed)
    chunks = (weights[i : i + _CHUNK] for i in range(0, resamples, _CHUNK))
    resampled = np.concatenate([measure(chunk) for chunk in chunks])
    lower, upper = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(lower), float(upper))


def intervals(
    predictions: Predictions,
    metrics: Mapping[str, Metric],
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval]:
    """Measures each metric with its percentile interval over resampled groups.

    Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13. Where all clips
    are of one group nothing can be said of others, so the bounds are None. A resample holds fewer
    distinct clips than the whole, which raises calibration error and mean average precision: their
    value may lie low in, or below, their own interval.

    Args:
        predictions: The clips.
        metrics: Name to metric.
        resamples: Number of draws, at least 1.
        level: Share of draws inside the interval, in (0, 1).
        seed: Seed of the draws, the same ones for every metric.

    Returns:
        Name to interval.

    Raises:
        UserError: If `resamples` or `level` is out of range.
    """
    return {
        name: group_interval(
            partial(metric, predictions), predictions.groups, resamples, level, seed
        )
        for name, metric in metrics.items()
    }


def paired_difference(
    candidate: Predictions,
    champion: Predictions,
    metric: Metric,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Measures candidate minus champion on the same clips, both under the same draws.

    What makes a draw hard is hard for both and cancels, so the interval is narrower than that of
    two separate tests.

    Args:
        candidate: The new model's predictions.
        champion: The present model's predictions on the same clips in the same order.
        metric: The metric to compare.
        resamples: Number of draws, at least 1.
        level: Share of draws inside the interval, in (0, 1).
        seed: Seed of the draws.

    Returns:
        The difference, above 0 where the candidate scores more.

    Raises:
        UserError: If clips, groups, truth or labels differ, or an argument is out of range.
    """
    check_paired(candidate, champion)

    def difference(weights: np.ndarray) -> np.ndarray:
        return metric(candidate, weights) - metric(champion, weights)

    return group_interval(difference, candidate.groups, resamples, level, seed)


def check_paired(candidate: Predictions, champion: Predictions) -> None:
    """Refuses predictions that are not about the same clips in the same order.

    Raises:
        UserError: Naming what differs.
    """
    same = {
        "labels": candidate.labels == champion.labels,
        "clips": candidate.item_ids == champion.item_ids,
        "groups": candidate.groups == champion.groups,
        "truth": np.array_equal(candidate.truth, champion.truth),
    }
    for name, equal in same.items():
        if not equal:
            raise UserError(
                f"Expected candidate and champion with the same {name} in the same order, got"
                " different ones: score both models on the same test set."
            )
