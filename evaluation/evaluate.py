"""Entry point: evaluates a registered model on any manifest."""

import logging
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PyFuncModel
from pydantic import Field

from evaluation.evaluation import evaluate_model, log_evaluation, log_report
from evaluation.gates.evidence import Evidence
from evaluation.gates.gate import decide
from evaluation.gates.reader import load_gate
from projects.audio.digests import audio_digests
from projects.audio.manifest import dataset_digest
from projects.audio.source import DataConfig
from projects.errors import UserError
from projects.tracking import run_entry_point

logger = logging.getLogger(__name__)


class EvaluateConfig(DataConfig):
    """Evaluates a registered model on recordings that it was not trained on."""

    model: str = Field(
        "models:/species-classifier@champion", description="models:/NAME@ALIAS or NAME/VERSION"
    )
    gate: str | None = Field(
        None, description="a gate of evaluation/gates, or a YAML file; empty for none"
    )


def load_model(uri: str) -> PyFuncModel:
    """Loads a registered model.

    Raises:
        UserError: There is no such model, or it cannot be loaded.
    """
    try:
        return mlflow.pyfunc.load_model(uri)
    except (MlflowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"model: expected a registered model, got {uri!r}: {reason}") from None


def unseen(model: PyFuncModel, recordings: pd.DataFrame) -> pd.DataFrame:
    """The recordings that the model was neither trained nor selected on.

    Args:
        model: A served model that lists the digests of what it has seen.
        recordings: A manifest with `audio` digests.

    Raises:
        UserError: The model has seen all of them.
    """
    is_seen = recordings["audio"].isin(model.unwrap_python_model().seen_audio)
    if is_seen.all():
        raise UserError(
            f"the model was trained on all of these {len(recordings)} recordings: "
            "expected some that it has not seen"
        )
    if is_seen.any():
        logger.info("left out: %d recordings that the model was trained on", is_seen.sum())
    return recordings[~is_seen].reset_index(drop=True)


def evaluate(config: EvaluateConfig) -> None:
    """Scores the recordings, logs what was measured, and prints the metrics or the gate."""
    gate = load_gate(config.gate) if config.gate else None
    model = load_model(config.model)
    recordings = unseen(model, _with_digests(config.manifest()))
    by_id = dict(zip(recordings["recording_id"], recordings["audio"], strict=True))
    evaluation = evaluate_model(model, recordings, dataset_digest(recordings, by_id))
    log_evaluation(evaluation, model.metadata.model_id, "evaluation")
    verdicts = []
    if gate:
        evidence = Evidence(evaluation.metrics, evaluation.digest)
        verdicts = [decide(gate, evidence, evaluation.digest)]
        mlflow.set_tags({"gate": gate.name, "gate.outcome": verdicts[0].outcome.value})
    title = f"{config.model} on {config.data or 'the synthetic demo aviary'}"
    report = log_report(evaluation, title, "evaluation", verdicts)
    print(report)


def _with_digests(manifest: pd.DataFrame) -> pd.DataFrame:
    digests = audio_digests([Path(path) for path in manifest["path"]])
    return manifest.assign(audio=[digest or "unreadable" for digest in digests])


if __name__ == "__main__":
    run_entry_point(EvaluateConfig, evaluate, experiment="evaluation")
