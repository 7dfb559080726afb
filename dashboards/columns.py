"""What a leaderboard has columns for, and what somebody asks of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dashboards.versions import Known
from dashboards.whiskers import Scale, common_scale
from evaluation.gates.verdict import Outcome
from evaluation.quality.metrics import HIGHER_IS_BETTER, QUALITY

HEADLINES = ("accuracy", "macro_f1", "map", "ece", *QUALITY)
"""Metrics that are shown unless all are asked for."""

LOWER_IS_BETTER = {"ece"} | {name for name, higher in HIGHER_IS_BETTER.items() if not higher}

Sortable = str | float | tuple[str, int] | None


@dataclass(frozen=True)
class Query:
    """What somebody wants to see.

    Attributes:
        dataset: Digest of the test set, empty for the one that was used last.
        name: Part of the names of models, empty for all.
        alias: That versions have, empty for any.
        sort: Key of a column.
        order: `up` or `down`.
        metrics: `all`, or empty for `HEADLINES`.
    """

    dataset: str = ""
    name: str = ""
    alias: str = ""
    sort: str = "age"
    order: str = "up"
    metrics: str = ""

    def parameters(self, **changes: str) -> dict[str, str]:
        """As an address has it, with some changed; what is empty is left out."""
        return {key: value for key, value in vars(replace(self, **changes)).items() if value}


@dataclass(frozen=True)
class Column:
    """One column that can be sorted by.

    Attributes:
        key: In addresses.
        title: For people.
        value: Of a version, to sort by; None goes last, whichever the order.
        scale: Of a metric, None for other columns.
    """

    key: str
    title: str
    value: Callable[[Known], Sortable]
    scale: Scale | None = None

    def next_order(self, query: Query) -> str:
        """The order that a click asks for: the other one, or at first the better one on top."""
        if self.key == query.sort:
            return "down" if query.order == "up" else "up"
        return "down" if self.scale and self.key not in LOWER_IS_BETTER else "up"


def columns(rows: Sequence[Known], query: Query) -> list[Column]:
    """Those of the versions that are listed, in their order.

    Args:
        rows: The versions, on one test set.
        query: What is asked for.
    """
    measured = dict.fromkeys(metric for each in rows for metric in each.metrics)
    shown = measured if query.metrics == "all" else [each for each in HEADLINES if each in measured]
    return [
        Column("version", "Version", lambda known: (known.name, int(known.number))),
        Column("verdict", "Gate", _severity),
        *(_metric_column(metric, rows) for metric in shown or measured),
        Column("latency", "Latency", lambda known: _cost(known, "latency")),
        Column("size", "Size", lambda known: _cost(known, "size")),
        # The youngest has the least age.
        Column("age", "Age", lambda known: -known.made.timestamp()),
    ]


def _metric_column(metric: str, rows: Sequence[Known]) -> Column:
    found = [each.metrics[metric] for each in rows if metric in each.metrics]

    def value(known: Known) -> float | None:
        measured = known.metrics.get(metric)
        return None if measured is None else measured.value

    return Column(metric, metric.replace("_", " "), value, common_scale(metric, found))


def _severity(known: Known) -> float | None:
    return Outcome(known.decision.outcome).severity if known.decision else None


def _cost(known: Known, cost: str) -> float | None:
    return known.dossier.costs.get(cost) if known.dossier else None
