"""One evaluation of one model on one set of recordings, and how it is written into a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
import pandas as pd
import soundfile
from mlflow.data.pandas_dataset import PandasDataset
from mlflow.pyfunc import PyFuncModel

from evaluation.bootstrap import Interval, dotted, intervals
from evaluation.classification import METRICS, per_class_table
from evaluation.figures.class_f1 import class_f1
from evaluation.figures.confusion_matrix import confusion_matrix
from evaluation.figures.reliability import reliability_diagram
from evaluation.mistakes import mistake_files
from evaluation.predictions import Predictions
from evaluation.report import markdown_report
from evaluation.scoring import score
from projects.audio.decode import decode


@dataclass(frozen=True)
class Evaluation:
    """What was measured.

    Attributes:
        recordings: The manifest's rows that were asked for, with their `audio` digest.
        digest: Of the data set that these rows are.
        predictions: What the model answered.
        failures: recording_id to reason, for those that could not be scored.
        metrics: Name to value with its 95 % interval.
    """

    recordings: pd.DataFrame
    digest: str
    predictions: Predictions
    failures: dict[str, str]
    metrics: dict[str, Interval]


def evaluate_model(model: PyFuncModel, recordings: pd.DataFrame, digest: str) -> Evaluation:
    """Scores recordings and measures every metric with its interval over groups."""
    predictions, failures = score(model, recordings)
    return Evaluation(recordings, digest, predictions, failures, intervals(predictions, METRICS))


def log_evaluation(evaluation: Evaluation, model_id: str | None, name: str) -> None:
    """Writes metrics, per-item and per-class tables, figures and playable mistakes.

    Args:
        evaluation: What was measured.
        model_id: The logged model that it is about.
        name: Prefix of the metrics and folder of the artifacts, as "test".
    """
    dataset = as_dataset(evaluation.recordings, name, evaluation.digest)
    mlflow.log_input(dataset, context=name)
    mlflow.log_metrics(flat_metrics(evaluation, name), model_id=model_id, dataset=dataset)
    predictions = evaluation.predictions
    mlflow.log_text(predictions.to_frame().to_csv(index=False), f"{name}/recordings.csv")
    mlflow.log_text(per_class_table(predictions).to_csv(index=False), f"{name}/classes.csv")
    failures = pd.DataFrame(evaluation.failures.items(), columns=["recording_id", "error"])
    mlflow.log_text(failures.to_csv(index=False), f"{name}/failures.csv")
    for title, draw in (
        ("confusion_matrix", confusion_matrix),
        ("class_f1", class_f1),
        ("reliability", reliability_diagram),
    ):
        mlflow.log_figure(draw(predictions), f"{name}/{title}.png")
    _log_mistakes(evaluation, f"{name}/mistakes")


def log_report(evaluation: Evaluation, title: str, name: str, gates: Sequence[str] = ()) -> str:
    """Writes the report as `<name>/report.md` and returns it."""
    report = markdown_report(
        title,
        evaluation.digest,
        evaluation.predictions,
        evaluation.metrics,
        evaluation.failures,
        gates,
    )
    mlflow.log_text(report, f"{name}/report.md")
    return report


def as_dataset(recordings: pd.DataFrame, name: str, digest: str) -> PandasDataset:
    """The recordings as an MLflow dataset, without their paths on this machine."""
    columns = recordings[["recording_id", "label", "group"]]
    return mlflow.data.from_pandas(columns, name=name, digest=digest)


def flat_metrics(evaluation: Evaluation, name: str) -> dict[str, float]:
    """Metrics and the bounds of their intervals under dotted names, and the counts."""
    values = {
        f"{name}.recordings": float(len(evaluation.predictions.item_ids)),
        f"{name}.failed": float(len(evaluation.failures)),
    }
    return values | dotted(evaluation.metrics, name)


def _log_mistakes(evaluation: Evaluation, folder: str) -> None:
    paths = evaluation.recordings.set_index("recording_id")["path"]
    with TemporaryDirectory() as temporary:
        for item, file in mistake_files(evaluation.predictions).items():
            sound = decode(Path(paths[item]))
            soundfile.write(Path(temporary) / file, sound.samples, sound.sample_rate)
        mlflow.log_artifacts(temporary, folder)
