"""Which versions a leaderboard lists, by what, and in which order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dashboards.columns import Column, Query, Sortable, columns
from dashboards.versions import Known
from projects.errors import UserError


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
    shown = columns(on_set, query)
    rows = [each for each in on_set if _wanted(each, query)]
    aliases = sorted({alias for each in versions for alias in each.aliases})
    without = [each for each in versions if each.dossier is None and _wanted(each, query)]
    return Board(query, sets, shown, _sorted(rows, shown, query), without, aliases)


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


def _sorted(rows: Sequence[Known], shown: Sequence[Column], query: Query) -> list[Known]:
    by_key = {column.key: column for column in shown}
    if query.sort not in by_key:
        raise UserError(f"sort: expected one of {', '.join(by_key)}, got {query.sort!r}")
    value = by_key[query.sort].value
    there = [(value(each), each) for each in rows]
    known = [pair for pair in there if not _missing(pair[0])]
    ordered = sorted(known, key=lambda pair: pair[0], reverse=query.order == "down")  # type: ignore[arg-type,return-value]
    return [each for _, each in ordered] + [each for value, each in there if _missing(value)]


def _missing(value: Sortable) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
