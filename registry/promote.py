"""Entry point: asks whether a version may become champion, and has it done."""

import getpass
from dataclasses import replace
from typing import Literal

from mlflow.entities.model_registry import ModelVersion
from mlflow.pyfunc import PyFuncModel
from pydantic import Field

from evaluation.gates.reader import load_gate
from evaluation.served import load_served
from projects.audio.digests import with_digests
from projects.audio.source import DataConfig
from projects.codec.autoencoder.judgement import Judge
from projects.codec.autoencoder.on_data import judge_autoencoder
from projects.errors import UserError
from projects.tracking import run_entry_point
from registry.ask import ask_to_promote
from registry.classifier_on_data import judge_classifier
from registry.outcome import tell_outcome
from registry.promotion import Asked, Decision
from registry.record import found_version, gate_of_record


class RefusedError(UserError):
    """The gate did not let the version through."""

    exit_code = 1


class PromoteConfig(DataConfig):
    """Makes a version champion if the gate lets it through."""

    format: Literal["none", "demo", "folder", "csv", "xeno_canto"] = Field(  # type: ignore[assignment]
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
    if not decision.promoted:
        raise RefusedError(
            f"{entry.model} version {entry.version}: {entry.outcome} by gate {entry.gate}, "
            f"@champion stays on {entry.champion_before or 'no version'}"
        )


def _on_record(config: PromoteConfig) -> Decision:
    gate = load_gate(config.gate) if config.gate else None
    asked = Asked(config.model, config.version, getpass.getuser(), gate, config.accept or "")
    decision = ask_to_promote(asked, config.dry_run)
    tell_outcome(decision, f"on test set {decision.entry.dataset}")
    return decision


def _on_data(config: PromoteConfig) -> Decision:
    version = found_version(config.model, config.version)
    served = load_served(f"models:/{config.model}/{config.version}", "model of sound", "predict")
    model = served.unwrap_python_model()
    if hasattr(model, "seen_audio"):
        return _classifier(config, version, served)
    if hasattr(model, "seen"):
        return _autoencoder(config, version, served)
    raise UserError(
        f"{config.model} version {config.version}: expected a species classifier or an audio "
        "autoencoder, got a model that does not say what it has heard"
    )


def _classifier(config: PromoteConfig, version: ModelVersion, served: PyFuncModel) -> Decision:
    gate = load_gate(config.gate) if config.gate else gate_of_record(version, "default")
    recordings = with_digests(config.manifest())
    decision = judge_classifier(
        version, served, recordings, gate, config.accept or "", config.dry_run
    )
    tell_outcome(decision, f"on test set {decision.entry.dataset}")
    return decision


def _autoencoder(config: PromoteConfig, version: ModelVersion, served: PyFuncModel) -> Decision:
    judge = (
        Judge.of(config.gate, config.fan_out)
        if config.gate
        else Judge.of_record(version, config.fan_out)
    )
    judge = replace(judge, accept=config.accept or "", dry_run=config.dry_run)
    path = str(config.data) if config.data else None
    data = {"data": path, "format": config.format, "group": config.group}
    return judge_autoencoder(version, served, judge, data)


if __name__ == "__main__":
    run_entry_point(PromoteConfig, promote, experiment="promote")
