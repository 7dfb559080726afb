"""One evaluation as a page of Markdown."""

from collections.abc import Mapping, Sequence

import pandas as pd

from evaluation.bootstrap import Interval
from evaluation.classification import per_class_table
from evaluation.confusion import most_confused_pairs
from evaluation.markdown import interval_cells, markdown_table, number
from evaluation.predictions import Predictions

_NAMED_PAIRS = 10


def markdown_report(
    title: str,
    dataset_digest: str,
    predictions: Predictions,
    metrics: Mapping[str, Interval],
    failures: Mapping[str, str],
    gates: Sequence[str] = (),
    level: float = 0.95,
) -> str:
    """Writes what was measured, what could not be, and what the gates say.

    Args:
        title: Heading of the page.
        dataset_digest: Digest of the test set.
        predictions: The clips that were scored.
        metrics: Name to measured value.
        failures: Clip to reason, for those that could not be scored.
        gates: What they decided, a section each.
        level: Level of the intervals in `metrics`, in (0, 1).

    Returns:
        The page, ending in a line break.
    """
    metric_rows = [(name, *interval_cells(measured)) for name, measured in metrics.items()]
    sections = [
        f"# {title}",
        _counts(dataset_digest, predictions, failures),
        "## Metrics",
        markdown_table(("metric", "value", f"{level * 100:g} % interval"), metric_rows),
        *gates,
        "## Most confused",
        _frame_table(most_confused_pairs(predictions, _NAMED_PAIRS)),
        "## Classes",
        _frame_table(per_class_table(predictions)),
    ]
    if failures:
        rows = sorted(failures.items())
        sections += ["## Clips that could not be scored", markdown_table(("clip", "reason"), rows)]
    return "\n\n".join(sections) + "\n"


def _counts(digest: str, predictions: Predictions, failures: Mapping[str, str]) -> str:
    scored, failed = len(predictions.item_ids), len(failures)
    groups = len(set(predictions.groups))
    return "\n".join(
        [
            f"- dataset digest: `{digest}`",
            f"- scored: {scored} of {scored + failed} clips, in {groups} groups",
            f"- failed: {failed}",
        ]
    )


def _frame_table(frame: pd.DataFrame) -> str:
    rows = [
        tuple(_cell(value) for value in row) for row in frame.itertuples(index=False, name=None)
    ]
    return markdown_table(list(frame.columns), rows)


def _cell(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)
