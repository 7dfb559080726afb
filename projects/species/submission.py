"""The way of every new classifier, whatever it is made of: registered, tested, judged."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
from mlflow.models.model import ModelInfo

from evaluation.beside import examine_beside
from evaluation.bootstrap import Interval
from evaluation.evaluation import Evaluation, evaluate_model, log_evaluation, log_report
from evaluation.findings import of_classifier
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.gate import Gate
from evaluation.scoring import load_model
from projects.audio.manifest import dataset_digest
from registry.candidacy import submit
from registry.outcome import tell_outcome
from registry.promotion import Decision
from registry.versions import register_candidate

CHAMPION_RULE = NotWorseThanChampion("macro_f1", 0.02)
"""For a gate that says nothing of the champion: no door leads round it."""


def submit_classifier(
    model: ModelInfo,
    name: str,
    test: pd.DataFrame,
    gate: Gate,
    training: Mapping[str, Interval],
) -> tuple[Evaluation, Decision]:
    """Registers a logged model, tests it as it is served, judges it and prints what came of it.

    Args:
        model: Of the active run.
        name: Of the registered model.
        test: The test recordings, with their `audio` digests.
        gate: To judge by.
        training: Metrics of its training that a gate may ask for.

    Returns:
        What was measured, and whether the new version became champion.
    """
    version = register_candidate(model, name)
    served = load_model(f"models:/{version.name}/{version.version}")
    evaluation = evaluate_model(served, test, dataset_digest(test))
    log_evaluation(evaluation, model.model_id, "test")
    findings = of_classifier(evaluation, served, training)
    decision = submit(version, findings, gate, partial(examine_beside, evaluation))
    _tell(evaluation, decision)
    return evaluation, decision


def _tell(evaluation: Evaluation, decision: Decision) -> None:
    entry = decision.entry
    log_report(evaluation, f"{entry.model} version {entry.version}", "test", [entry.section()])
    scored, failed = len(evaluation.predictions.item_ids), len(evaluation.failures)
    tested = f"on {scored} test recordings ({failed} failed), digest {evaluation.digest}"
    tell_outcome(decision, tested)
