"""Several versions side by side: one section for each test set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboards import evidence
from dashboards.pairs import Pair, pairs_of
from dashboards.recordings import Answered, answered
from dashboards.versions import Known
from dashboards.whiskers import Whiskers, common_scale, whiskers
from evaluation.bootstrap import Interval
from evaluation.predictions import Predictions
from projects.errors import UserError


@dataclass(frozen=True)
class MetricRow:
    """One metric of all versions of a section.

    Attributes:
        metric: Its name.
        cells: Of each version what was measured, None for nothing, and its drawing.
    """

    metric: str
    cells: Sequence[tuple[Interval | None, Whiskers | None]]


@dataclass(frozen=True, eq=False)
class Section:
    """Versions that were evaluated on the same test set.

    Attributes:
        dataset: Digest of the test set.
        versions: In the order in which they were asked for.
        metrics: Of all of them.
        pairs: Each of the others beside the first, of those whose clips can be read.
        answered: What each said of the same recordings, None unless all of them can be asked.
        faults: Why a part of this is missing, one line each.
    """

    dataset: str
    versions: Sequence[Known]
    metrics: Sequence[MetricRow]
    pairs: Sequence[Pair]
    answered: Answered | None
    faults: Sequence[str]


def sections(versions: Iterable[Known]) -> list[Section]:
    """Gathers versions by test set; those without evidence are in none.

    Args:
        versions: The first of each section is what its others are set beside.
    """
    gathered: dict[tuple[str, str], list[Known]] = {}
    for each in versions:
        if each.dossier:
            gathered.setdefault((each.dossier.dataset, each.dossier.kind), []).append(each)
    return [_section(dataset, members) for (dataset, _), members in gathered.items()]


def metric_rows(versions: Sequence[Known]) -> list[MetricRow]:
    """All metrics of some versions, each metric drawn on one scale."""
    measured = [each.metrics for each in versions]
    rows = []
    for metric in dict.fromkeys(name for each in measured for name in each):
        found = [each.get(metric) for each in measured]
        scale = common_scale(metric, [each for each in found if each])
        rows.append(MetricRow(metric, [(each, whiskers(each, scale)) for each in found]))
    return rows


def _section(dataset: str, versions: Sequence[Known]) -> Section:
    readable, faults = _readable(versions)
    pairs, apart = pairs_of(readable)
    said = None
    if len(readable) > 1 and not apart and "classification" in _kinds(versions):
        tables = [evidence.items(each.reference) for each in readable]
        try:
            said = answered(readable, [Predictions.from_table(table) for table in tables])
        except UserError as error:
            faults.append(f"all of them together: {error}")
    return Section(dataset, versions, metric_rows(versions), pairs, said, [*faults, *apart])


def _readable(versions: Sequence[Known]) -> tuple[list[Known], list[str]]:
    readable, faults = [], []
    for each in versions:
        try:
            evidence.readable_items(each.reference)
        except UserError as error:
            faults.append(f"{each.key}: {error}")
            continue
        readable.append(each)
    return readable, faults


def _kinds(versions: Sequence[Known]) -> set[str]:
    return {each.dossier.kind for each in versions if each.dossier}
