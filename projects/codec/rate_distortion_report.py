"""A codec's scores and rates as a page of Markdown, and as what the figure draws."""

from collections.abc import Mapping, Sequence

import pandas as pd

from evaluation.bootstrap import Interval
from evaluation.markdown import interval_cells, markdown_table, number
from evaluation.quality.metrics import QUALITY
from projects.codec.rate_distortion import RateDistortion
from projects.codec.reconstruct import MEL


def rate_distortion_report(
    title: str, measured: RateDistortion, unread: Mapping[str, str], facts: Sequence[str]
) -> str:
    """Writes what was measured, and what could not be.

    Args:
        title: Heading of the page.
        measured: The codec and the baseline.
        unread: recording_id to reason.
        facts: What else to say of the evaluation, a line each.

    Returns:
        The page, ending in a line break.
    """
    missing = measured.unscored
    sections = [
        f"# {title}",
        "\n".join(f"- {fact}" for fact in [*facts, _counts(measured, missing)]),
        "Means over clips with their 95 % intervals over groups.",
        _table(measured),
    ]
    if unread:
        rows = sorted(unread.items())
        sections += [
            "## Recordings that could not be read",
            markdown_table(("recording", "reason"), rows),
        ]
    if len(missing):
        sections += ["## Clips that could not be scored", _missing_table(missing)]
    return "\n\n".join(sections) + "\n"


def figure_table(measured: RateDistortion) -> pd.DataFrame:
    """What `rate_distortion` draws: the codec over its bitrate, the baseline as a level."""
    rows = [
        ("mel + Griffin-Lim", None, metric, each.value, each.lower, each.upper)
        if system == MEL
        else ("codec", measured.kbps[system], metric, each.value, each.lower, each.upper)
        for system, metrics in measured.intervals.items()
        for metric, each in metrics.items()
    ]
    columns = ["system", "kbps", "metric", "value", "lower", "upper"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(dict.fromkeys(["kbps", "value", "lower", "upper"], float))


def _counts(measured: RateDistortion, missing: pd.DataFrame) -> str:
    scores = next(iter(measured.scores.values()))
    asked = len(measured.scores) * len(QUALITY) * len(scores.item_ids)
    return (
        f"scored: {asked - len(missing)} of {asked} ({len(scores.item_ids)} clips in "
        f"{len(set(scores.groups))} groups, {len(measured.scores)} systems, {len(QUALITY)} metrics)"
    )


def _table(measured: RateDistortion) -> str:
    rows = [
        (
            system,
            number(measured.kbps[system]),
            number(measured.entropy_kbps.get(system)),
            *(_cell(measured.intervals[system].get(metric)) for metric in QUALITY),
        )
        for system in measured.scores
    ]
    return markdown_table(("system", "kbit/s", "entropy kbit/s", *QUALITY), rows)


def _cell(interval: Interval | None) -> str:
    value, bounds = interval_cells(interval)
    return value if bounds == "-" else f"{value} ({bounds})"


def _missing_table(missing: pd.DataFrame) -> str:
    """One row for each clip and reason, with the systems and metrics that it kept from a score."""
    rows = [
        (item, _named(rows["system"]), _named(rows["metric"]), reason)
        for (item, reason), rows in missing.groupby(["item", "reason"])
    ]
    return markdown_table(("clip", "systems", "metrics", "reason"), rows)


def _named(names: pd.Series) -> str:
    return ", ".join(names.unique())
