"""What a gate is shown of a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluation.bootstrap import Interval


@dataclass(frozen=True)
class NoChampion:
    """The registry was asked, and this is the first model."""


@dataclass(frozen=True)
class Compared:
    """The candidate was compared with the champion on the same clips.

    Attributes:
        metric: Name of the metric.
        difference: Candidate minus champion, from `evaluation.bootstrap.paired_difference`.
        dataset_digest: Digest of the test set that both were scored on.
    """

    metric: str
    difference: Interval
    dataset_digest: str


@dataclass(frozen=True)
class NotComparable:
    """There is a champion, but it could not be compared with.

    Attributes:
        reason: Why, in one line.
    """

    reason: str


@dataclass(frozen=True)
class Evidence:
    """One evaluation of one model.

    Attributes:
        metrics: Name to measured value; bounds are None where a metric has no interval.
        dataset_digest: Digest of the test set that was scored.
        champion: How the model compares with the champion; None if nobody has looked.
        classes: Label to `support` and what else `evaluation.classification.per_class_table` says
            of it; empty where no classes were measured.
        costs: What the model costs: `latency` in seconds a recording, `size` in bytes.
        champion_costs: The same of the champion, measured on the same machine; None if unknown.
    """

    metrics: Mapping[str, Interval]
    dataset_digest: str
    champion: NoChampion | Compared | NotComparable | None = None
    classes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    costs: Mapping[str, float] = field(default_factory=dict)
    champion_costs: Mapping[str, float] | None = None
