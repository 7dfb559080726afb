"""Entry point: evaluates a registered model on any manifest."""

from dataclasses import replace

import mlflow
from mlflow.pyfunc import PyFuncModel
from pydantic import Field

from evaluation.bootstrap import Interval
from evaluation.evaluation import TRAINING_METRICS, evaluate_model, log_evaluation, log_report
from evaluation.gates.evidence import Evidence
from evaluation.gates.gate import decide
from evaluation.gates.reader import load_gate
from evaluation.scoring import load_model
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
    verdicts = []
    if gate:
        metrics = {**evaluation.metrics, **_training_metrics(model)}
        # Nothing is promoted here, so nothing is asked of the champion.
        alone = replace(gate, champion=None)
        evidence = Evidence(metrics, evaluation.digest)
        verdicts = [decide(alone, evidence, evaluation.digest)]
        mlflow.set_tags({"gate": gate.name, "gate.outcome": verdicts[0].outcome.value})
    title = f"{config.model} on {config.data or 'the synthetic demo aviary'}"
    report = log_report(evaluation, title, "evaluation", verdicts)
    print(report)


def _training_metrics(model: PyFuncModel) -> dict[str, Interval]:
    measured = mlflow.MlflowClient().get_run(model.metadata.run_id).data.metrics
    return {name: Interval(measured[name]) for name in TRAINING_METRICS if name in measured}


if __name__ == "__main__":
    run_entry_point(EvaluateConfig, evaluate, experiment="evaluation")
