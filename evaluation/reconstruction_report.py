"""How an evaluation of reconstructed sound is written into a run."""

from collections.abc import Sequence

import mlflow
import pandas as pd

from evaluation.bootstrap import Interval, dotted
from evaluation.clip_scores import FAILURE_COLUMNS
from evaluation.markdown import interval_cells, markdown_table
from evaluation.quality.metrics import QUALITY
from evaluation.reconstruction import CEILING, LOST, Reconstructions


def log_reconstruction(
    evaluation: Reconstructions, model_id: str | None, name: str, dataset: mlflow.data.Dataset
) -> None:
    """Writes metrics with their bounds, and tables of clips and of what could not be scored.

    Args:
        evaluation: What was measured.
        model_id: The logged model that it is about.
        name: Prefix of the metrics and folder of the artifacts, as "test".
        dataset: That the clips are of.
    """
    values = {f"{name}.clips": float(len(evaluation.clips)), **dotted(evaluation.metrics, name)}
    mlflow.log_metrics(values, model_id=model_id, dataset=dataset)
    systems = {"model": evaluation.scores, "codec": evaluation.ceiling}
    clips = [scores.to_frame().assign(system=system) for system, scores in systems.items()]
    failed = [scores.failures.assign(system=system) for system, scores in systems.items()]
    mlflow.log_text(pd.concat(clips).to_csv(index=False), f"{name}/clips.csv")
    columns = ["system", *FAILURE_COLUMNS]
    mlflow.log_text(pd.concat(failed)[columns].to_csv(index=False), f"{name}/failures.csv")


def reconstruction_report(
    title: str, digest: str, evaluation: Reconstructions, gates: Sequence[str]
) -> str:
    """Writes what the codec costs, what the bottleneck costs, and what the gates say.

    Args:
        title: Heading of the page.
        digest: Of the test set.
        evaluation: What was measured.
        gates: What they decided, a section each.

    Returns:
        Markdown, ending in a line break.
    """
    rows = [(metric, *_row(evaluation.metrics, metric)) for metric in QUALITY]
    header = ("metric", "codec alone", "autoencoder", "lost in the bottleneck", "clips scored")
    scored = evaluation.scores.scored
    table = markdown_table(
        header, [(*row, str(scored[metric])) for row, metric in zip(rows, QUALITY, strict=True)]
    )
    failures = evaluation.scores.failures
    sections = [
        f"# {title}",
        f"- dataset digest: `{digest}`\n- clips: {len(evaluation.clips)} in "
        f"{len(set(evaluation.scores.groups))} groups, {len(evaluation.sounds)} came back",
        "Means over clips with their 95 % intervals over groups.",
        table,
        *gates,
    ]
    if len(failures):
        cells = failures.astype(str).itertuples(index=False, name=None)
        sections += ["## Clips without a score", markdown_table(FAILURE_COLUMNS, list(cells))]
    return "\n\n".join(sections) + "\n"


def _row(metrics: dict[str, Interval], metric: str) -> list[str]:
    return [_cell(metrics.get(name)) for name in (CEILING + metric, metric, metric + LOST)]


def _cell(measured: Interval | None) -> str:
    value, bounds = interval_cells(measured)
    return value if bounds == "-" else f"{value} ({bounds})"
