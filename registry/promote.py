"""Entry point: asks whether a version may become champion, and has it done."""

import getpass
from functools import partial
from typing import Literal

import mlflow
import pandas as pd
from pydantic import Field

from evaluation.beside import examine_beside
from evaluation.evaluation import evaluate_model, log_evaluation
from evaluation.findings import of_classifier
from evaluation.gates.reader import load_gate
from evaluation.scoring import load_model
from evaluation.training_metrics import training_metrics
from evaluation.unseen import unseen
from projects.audio.digests import with_digests
from projects.audio.manifest import dataset_digest
from projects.audio.source import DataConfig
from projects.errors import UserError
from projects.tracking import run_entry_point
from registry.ask import ask_to_promote
from registry.candidacy import submit
from registry.outcome import tell_outcome
from registry.promotion import Asked, Decision
from registry.record import champions_test_set, found_version, gate_of_record


class RefusedError(UserError):
    """The gate did not let the version through."""

    exit_code = 1


class PromoteConfig(DataConfig):
    """Makes a version champion if the gate lets it through."""

    format: Literal["none", "demo", "folder", "csv"] = Field(  # type: ignore[assignment]
        "none", description="how to read data to evaluate the version on; none: what is on record"
    )
    model: str = Field("species-classifier", min_length=1, description="registered model")
    version: str = Field(pattern=r"^\d+$", description="that shall become champion")
    gate: str | None = Field(
        None, description="to judge by; empty for the champion's, or the version's own"
    )
    accept: str | None = Field(
        None, description="reason to take what the gate would INVESTIGATE; it is recorded"
    )
    dry_run: bool = Field(False, description="decide, and change nothing")


def promote(config: PromoteConfig) -> None:
    """Decides, prints the gate's table, and ends with exit code 1 where it refuses."""
    decision = _on_record(config) if config.format == "none" else _on_data(config)
    entry = decision.entry
    tell_outcome(decision, f"on test set {entry.dataset}")
    if not decision.promoted:
        raise RefusedError(
            f"{entry.model} version {entry.version}: {entry.outcome} by gate {entry.gate}, "
            f"@champion stays on {entry.champion_before or 'no version'}"
        )


def _on_record(config: PromoteConfig) -> Decision:
    gate = load_gate(config.gate) if config.gate else None
    asked = Asked(config.model, config.version, getpass.getuser(), gate, config.accept or "")
    return ask_to_promote(asked, config.dry_run)


def _on_data(config: PromoteConfig) -> Decision:
    version = found_version(config.model, config.version)
    gate = load_gate(config.gate) if config.gate else gate_of_record(version)
    served = load_model(f"models:/{config.model}/{config.version}")
    recordings = unseen(served.unwrap_python_model().seen_audio, with_digests(config.manifest()))
    recordings = _champions_test_set(config.model, recordings)
    evaluation = evaluate_model(served, recordings, dataset_digest(recordings))
    log_evaluation(evaluation, served.metadata.model_id, "test")
    training = training_metrics(served)
    mlflow.log_metrics({name: measured.value for name, measured in training.items()})
    findings = of_classifier(evaluation, served, training)
    beside = partial(examine_beside, evaluation)
    return submit(version, findings, gate, beside, config.accept or "", config.dry_run)


def _champions_test_set(model: str, recordings: pd.DataFrame) -> pd.DataFrame:
    """The recordings that the champion was tested on, where all of them are there."""
    digest, names = champions_test_set(model)
    chosen = recordings[recordings["recording_id"].isin(names)].reset_index(drop=True)
    # Other recordings may have the same names.
    return chosen if dataset_digest(chosen) == digest else recordings


if __name__ == "__main__":
    run_entry_point(PromoteConfig, promote, experiment="promote")
