"""Which versions a leaderboard lists, by what, and in which order."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dashboards.versions import Known
from dashboards.whiskers import Scale, common_scale
from evaluation.gates.verdict import Outcome
from evaluation.quality.metrics import HIGHER_IS_BETTER, QUALITY
from projects.errors import UserError

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


@dataclass(frozen=True)
class TestSet:
    """A test set and how many versions were evaluated on it."""

    digest: str
    versions: int
    newest: datetime


@dataclass(frozen=True)
class Board:
    """What the page shows.

    Attributes:
        query: As it was asked for, with the test set that was chosen.
        sets: All test sets, the one that was used last first.
        columns: In their order.
        rows: All on the one test set, sorted.
        without: Versions without evidence that can be read, the newest first.
        aliases: All that versions have.
    """

    query: Query
    sets: Sequence[TestSet]
    columns: Sequence[Column]
    rows: Sequence[Known]
    without: Sequence[Known]
    aliases: Sequence[str]


def board(versions: Sequence[Known], query: Query) -> Board:
    """Lists versions by what was measured on one test set.

    Args:
        versions: All that may be seen.
        query: What is asked for.

    Raises:
        UserError: Nobody was evaluated on that test set, or there is no such column.
    """
    sets = test_sets(versions)
    if query.dataset and query.dataset not in {each.digest for each in sets}:
        raise UserError(
            f"dataset: expected the digest of a test set, got {query.dataset!r}: choose one of the "
            "leaderboard's list"
        )
    query = replace(query, dataset=query.dataset or (sets[0].digest if sets else ""))
    on_set = [each for each in versions if each.dossier and each.dossier.dataset == query.dataset]
    columns = _columns(on_set, query)
    rows = [each for each in on_set if _wanted(each, query)]
    aliases = sorted({alias for each in versions for alias in each.aliases})
    without = [each for each in versions if each.dossier is None and _wanted(each, query)]
    return Board(query, sets, columns, _sorted(rows, columns, query), without, aliases)


def test_sets(versions: Sequence[Known]) -> list[TestSet]:
    """All test sets that versions were evaluated on, the one of the newest version first."""
    made: dict[str, list[datetime]] = {}
    for each in versions:
        if each.dossier:
            made.setdefault(each.dossier.dataset, []).append(each.made)
    sets = [TestSet(digest, len(times), max(times)) for digest, times in made.items()]
    return sorted(sets, key=lambda each: each.newest, reverse=True)


def _wanted(known: Known, query: Query) -> bool:
    named = query.name.casefold() in known.name.casefold()
    return named and (not query.alias or query.alias in known.aliases)


def _columns(rows: Sequence[Known], query: Query) -> list[Column]:
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


def _sorted(rows: Sequence[Known], columns: Sequence[Column], query: Query) -> list[Known]:
    by_key = {column.key: column for column in columns}
    if query.sort not in by_key:
        raise UserError(f"sort: expected one of {', '.join(by_key)}, got {query.sort!r}")
    value = by_key[query.sort].value
    there = [(value(each), each) for each in rows]
    known = [pair for pair in there if not _missing(pair[0])]
    ordered = sorted(known, key=lambda pair: pair[0], reverse=query.order == "down")  # type: ignore[arg-type,return-value]
    return [each for _, each in ordered] + [each for value, each in there if _missing(value)]


def _missing(value: Sortable) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
