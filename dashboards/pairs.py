"""A version beside another, clip by clip: what differs beyond luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from dashboards import evidence
from dashboards.class_changes import ClassChange, class_changes
from dashboards.columns import LOWER_IS_BETTER
from dashboards.versions import Known
from dashboards.whiskers import Whiskers, common_scale, whiskers
from evaluation.bootstrap import Interval
from evaluation.comparison.holm import holm
from evaluation.comparison.paired import LEVEL, paired_tests
from evaluation.comparison.shared_clips import shared_clips
from evaluation.findings import paired
from evaluation.noise import FEWEST, leaves_out_0
from evaluation.predictions import Predictions
from evaluation.quality.metrics import QUALITY
from projects.errors import UserError

TESTED = "accuracy"
"""The metric that has a p-value beside its interval, see `evaluation.comparison.paired`."""

PAIRS = 200
"""How many are kept; dossiers do not change, so neither does what is found of two."""


@dataclass(frozen=True)
class Found:
    """What there is to say of two versions, whoever else is beside them.

    Attributes:
        clips: That both could answer.
        left_out: That only one of them could.
        groups: That these clips are of.
        differences: Metric to ours minus theirs.
        p: Of the difference in accuracy, None for models that give sound back.
        classes: What became of each class, the most gained first.
    """

    clips: int
    left_out: int
    groups: int
    differences: Mapping[str, Interval]
    p: float | None = None
    classes: Sequence[ClassChange] = ()


@dataclass(frozen=True)
class Difference:
    """One metric of a pair.

    Attributes:
        metric: Its name.
        measured: Ours minus theirs.
        drawn: On one scale with that metric's other differences.
        adjusted: p-value by Holm among the pairs, None where there is none.
        groups: That the clips are of.
    """

    metric: str
    measured: Interval
    drawn: Whiskers | None
    adjusted: float | None
    groups: int

    @property
    def verdict(self) -> str:
        """Which way it goes: better, worse, within noise, or unclear.

        Unclear is what the interval takes for a difference and the p-value does not, or what there
        are too few groups for.
        """
        if not leaves_out_0(self.measured):
            return "within noise"
        if self.groups < FEWEST or (self.adjusted is not None and self.adjusted >= LEVEL):
            return "unclear"
        is_better = (self.measured.value > 0) != (self.metric in LOWER_IS_BETTER)
        return "better" if is_better else "worse"


@dataclass(frozen=True, eq=False)
class Pair:
    """A version beside the one that all are set beside."""

    ours: Known
    theirs: Known
    found: Found
    differences: Sequence[Difference]


def pairs_of(versions: Sequence[Known]) -> tuple[list[Pair], list[str]]:
    """Sets each version beside the first.

    Args:
        versions: Of one kind and test set, their clips readable.

    Returns:
        The pairs, and why others could not be compared, one line each.
    """
    beside, faults = [], []
    for ours in versions[1:]:
        try:
            beside.append((ours, _found(_kind(ours), ours.reference, versions[0].reference)))
        except UserError as error:
            faults.append(f"{ours.key} beside {versions[0].key}: {error}")
    differences = _differences([found for _, found in beside])
    pairs = [
        Pair(ours, versions[0], found, of_pair)
        for (ours, found), of_pair in zip(beside, differences, strict=True)
    ]
    return pairs, faults


@lru_cache(maxsize=PAIRS)
def _found(kind: str, ours: str, theirs: str) -> Found:
    tables = evidence.items(ours), evidence.items(theirs)
    return _classifiers(*tables) if kind == "classification" else _reconstructions(*tables)


def _classifiers(ours: pd.DataFrame, theirs: pd.DataFrame) -> Found:
    both = shared_clips([Predictions.from_table(ours), Predictions.from_table(theirs)])
    (test,) = paired_tests({"ours": both[:1], "theirs": both[1:]})
    clips = len(both[0].item_ids)
    left_out = len(ours) + len(theirs) - 2 * clips
    groups = len(set(both[0].groups))
    return Found(clips, left_out, groups, test.differences, test.p, class_changes(*both))


def _reconstructions(ours: pd.DataFrame, theirs: pd.DataFrame) -> Found:
    items = set(ours["item"]) & set(theirs["item"])
    mine, other = (each[each["item"].isin(items)] for each in (ours, theirs))
    metrics = [name for name in QUALITY if _scored(mine, name) and _scored(other, name)]
    differences = {name: paired("reconstruction", mine, other, name) for name in metrics}
    if not differences:
        raise UserError("expected clips that both could be scored on, got none")
    left_out = len(ours) + len(theirs) - 2 * len(items)
    return Found(len(items), left_out, mine["group"].nunique(), differences)


def _scored(table: pd.DataFrame, metric: str) -> bool:
    return metric in table and bool(table[metric].notna().any())


def _differences(found: Sequence[Found]) -> list[list[Difference]]:
    scales = {
        metric: common_scale(
            f"difference of {metric}", [each.differences[metric] for each in having]
        )
        for metric in dict.fromkeys(name for each in found for name in each.differences)
        if (having := [each for each in found if metric in each.differences])
    }
    adjusted = iter(holm([each.p for each in found if each.p is not None]))
    return [
        [
            Difference(
                metric,
                measured,
                whiskers(measured, scales[metric]),
                float(next(adjusted)) if metric == TESTED and each.p is not None else None,
                each.groups,
            )
            for metric, measured in each.differences.items()
        ]
        for each in found
    ]


def _kind(known: Known) -> str:
    assert known.dossier is not None
    return known.dossier.kind
