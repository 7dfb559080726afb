"""How good the reconstruction of each clip is, and where there is no score, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.bootstrap import Interval, group_interval
from evaluation.quality.metrics import QUALITY
from projects.errors import UserError

FAILURE_COLUMNS = ["item", "metric", "reason"]


@dataclass(frozen=True, eq=False)
class ClipScores:
    """One row a clip; checked at construction.

    Attributes:
        item_ids: Names of the n clips, all different.
        groups: What each clip may not be separated from (speaker, source recording), n of them.
        values: Scores, indexed by clip in the order of `item_ids`, one column a metric; NaN where
            the clip could not be scored.
        failures: Why, columns `item`, `metric` and `reason`, one row for each NaN in `values`.

    Raises:
        UserError: If the parts do not fit together, or a score is infinite.
    """

    item_ids: list[str]
    groups: list[str]
    values: pd.DataFrame
    failures: pd.DataFrame

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", self.values.astype(np.float64))
        object.__setattr__(self, "failures", self.failures.copy())
        _check_rows(self)
        _check_failures(self)

    @classmethod
    def gather(
        cls,
        item_ids: Sequence[str],
        groups: Sequence[str],
        scored: Sequence[tuple[Mapping[str, float], Mapping[str, str]]],
    ) -> "ClipScores":
        """Gathers what `score_pair` gave for each clip: all of `QUALITY`, as score or reason."""
        items = list(item_ids)
        rows = [[scores.get(metric, np.nan) for metric in QUALITY] for scores, _ in scored]
        reasons = [
            (item, metric, reason)
            for item, (_, failures) in zip(items, scored, strict=True)
            for metric, reason in failures.items()
        ]
        return cls(
            items,
            list(groups),
            pd.DataFrame(rows, index=items, columns=list(QUALITY)),
            pd.DataFrame(reasons, columns=FAILURE_COLUMNS),
        )

    @property
    def scored(self) -> dict[str, int]:
        """How many clips have a score, by metric."""
        return {str(metric): int(count) for metric, count in self.values.count().items()}

    def part(self, items: Sequence[str]) -> "ClipScores":
        """Returns the scores of some of the clips, in the order given."""
        groups = dict(zip(self.item_ids, self.groups, strict=True))
        failures = self.failures[self.failures["item"].isin(items)]
        return ClipScores(
            list(items), [groups[item] for item in items], self.values.loc[list(items)], failures
        )

    def to_frame(self) -> pd.DataFrame:
        """Returns one row a clip: `item`, `group` and a column for each metric."""
        names = pd.DataFrame({"item": self.item_ids, "group": self.groups})
        return pd.concat([names, self.values.reset_index(drop=True)], axis=1)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> "ClipScores":
        """Returns what `to_frame` was made of, but for the reasons of missing scores."""
        values = frame.drop(columns=["item", "group"]).set_index(pd.Index(frame["item"]))
        missing = values.isna().stack()
        failures = [(*place, "not scored") for place in missing[missing].index]
        return cls(
            list(frame["item"]),
            list(frame["group"]),
            values,
            pd.DataFrame(failures, columns=FAILURE_COLUMNS),
        )


def intervals(
    scores: ClipScores, resamples: int = 1000, level: float = 0.95, seed: int = 0
) -> dict[str, Interval]:
    """Averages each metric over the clips that have it, with its interval over their groups.

    A clip without a score is in no average. Read `ClipScores.scored` beside it: a model that is
    silent on what it finds hard would otherwise gain by it.

    Args:
        scores: The clips.
        resamples: Number of draws, at least 1.
        level: Share of draws inside the interval, in (0, 1).
        seed: Seed of the draws.

    Returns:
        Metric to interval; a metric that no clip has is absent.

    Raises:
        UserError: If `resamples` or `level` is out of range.
    """
    return {
        metric: _mean(scores.values[metric], _groups(scores), resamples, level, seed)
        for metric, count in scores.scored.items()
        if count > 0
    }


def paired_difference(
    candidate: ClipScores,
    champion: ClipScores,
    metric: str,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Averages candidate minus champion over the clips that have the metric in both.

    Args:
        candidate: The new model's scores.
        champion: The present model's scores of the same clips, in any order.
        metric: A metric of both; `HIGHER_IS_BETTER` says which sign is good.
        resamples: Number of draws, at least 1.
        level: Share of draws inside the interval, in (0, 1).
        seed: Seed of the draws.

    Returns:
        The difference, above 0 where the candidate's value is the larger.

    Raises:
        UserError: If clips or groups differ, no clip has the metric in both, or an argument is out
            of range.
    """
    groups = _groups(candidate)
    if not groups.sort_index().equals(_groups(champion).sort_index()):
        raise UserError(
            "Expected candidate and champion with the same clips in the same groups, got different"
            " ones: score both models on the same test set."
        )
    differences = _column(candidate, metric) - _column(champion, metric)  # Aligned by clip.
    if differences.isna().all():
        raise UserError(
            f"Expected a clip with {metric} of both candidate and champion, got none of"
            f" {len(differences)}: see the failures of each."
        )
    return _mean(differences, groups, resamples, level, seed)


def _mean(
    values: pd.Series, groups: pd.Series, resamples: int, level: float, seed: int
) -> Interval:
    present = values.dropna()

    def mean(weights: np.ndarray) -> np.ndarray:
        return weights @ present.to_numpy() / weights.sum(axis=1)

    return group_interval(mean, list(groups[present.index]), resamples, level, seed)


def _groups(scores: ClipScores) -> pd.Series:
    return pd.Series(scores.groups, index=scores.item_ids)


def _column(scores: ClipScores, metric: str) -> pd.Series:
    if metric not in scores.values:
        raise UserError(f"Expected one of the metrics {list(scores.values)}, got {metric!r}.")
    return scores.values[metric]


def _check_rows(scores: ClipScores) -> None:
    items, metrics = scores.values.shape
    if items == 0 or metrics == 0:
        raise UserError(
            f"Expected at least one clip and one metric, got {items} clips and {metrics} metrics:"
            " check that the test split is not empty."
        )
    if list(scores.values.index) != scores.item_ids or len(scores.groups) != items:
        raise UserError(
            f"Expected values indexed by {len(scores.item_ids)} clips with a group each, got"
            f" {items} rows and {len(scores.groups)} groups: give all in the same order."
        )
    if not (scores.values.index.is_unique and scores.values.columns.is_unique):
        raise UserError("Expected clips and metrics that are all different: drop the repeats.")
    if np.isinf(scores.values.to_numpy()).any():
        raise UserError("Expected finite scores, got an infinite one: name it as a failure.")


def _check_failures(scores: ClipScores) -> None:
    if list(scores.failures.columns) != FAILURE_COLUMNS:
        raise UserError(
            f"Expected failures with columns {FAILURE_COLUMNS}, got {list(scores.failures.columns)}"
        )
    named = list(zip(scores.failures["item"], scores.failures["metric"], strict=True))
    missing = scores.values.isna().stack()
    if sorted(named) != sorted(missing[missing].index):
        raise UserError(
            f"Expected one reason for each of the {missing.sum()} missing scores, got"
            f" {len(named)} reasons: name item and metric of each."
        )
