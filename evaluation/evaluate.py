"""Entry point: evaluates a registered model on any manifest."""

from dataclasses import replace

import mlflow
from pydantic import Field

from evaluation.evaluation import evaluate_model, log_evaluation, log_report
from evaluation.findings import by_class
from evaluation.gates.evidence import Evidence
from evaluation.gates.gate import decide
from evaluation.gates.reader import load_gate
from evaluation.scoring import load_model
from evaluation.training_metrics import training_metrics
from evaluation.unseen import unseen
from projects.audio.digests import with_digests
from projects.audio.manifest import dataset_digest
from projects.audio.source import DataConfig
from projects.tracking import run_entry_point


class EvaluateConfig(DataConfig):
    """Evaluates a registered model on recordings that it was not trained on."""

    model: str = Field(
        "models:/species-classifier@champion", description="models:/NAME@ALIAS or NAME/VERSION"
    )
    gate: str | None = Field(
        None, description="a gate of evaluation/gates, or a YAML file; empty for none"
    )


def evaluate(config: EvaluateConfig) -> None:
    """Scores the recordings, logs what was measured, and prints the metrics or the gate."""
    gate = load_gate(config.gate) if config.gate else None
    model = load_model(config.model)
    seen = model.unwrap_python_model().seen_audio
    recordings = unseen(seen, with_digests(config.manifest()))
    evaluation = evaluate_model(model, recordings, dataset_digest(recordings))
    log_evaluation(evaluation, model.metadata.model_id, "evaluation")
    gates = []
    if gate:
        metrics = {**evaluation.metrics, **training_metrics(model)}
        # Nothing is promoted here, so nothing is asked of the champion.
        alone = replace(gate, champion=None, ceilings=())
        classes = by_class(evaluation.predictions)
        evidence = Evidence(metrics, evaluation.digest, classes=classes)
        verdict = decide(alone, evidence, evaluation.digest)
        mlflow.set_tags({"gate": gate.name, "gate.outcome": verdict.outcome.value})
        gates = [verdict.section()]
    title = f"{config.model} on {config.data or 'the synthetic demo aviary'}"
    report = log_report(evaluation, title, "evaluation", gates)
    print(report)


if __name__ == "__main__":
    run_entry_point(EvaluateConfig, evaluate, experiment="evaluation")
