"""Is a registered classifier good enough on recordings that it was not trained on?"""

from functools import partial

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion
from mlflow.pyfunc import PyFuncModel

from evaluation.beside import examine_beside
from evaluation.evaluation import evaluate_model, log_evaluation
from evaluation.findings import of_classifier
from evaluation.gates.gate import Gate
from evaluation.training_metrics import training_metrics
from evaluation.unseen import unseen
from projects.audio.manifest import dataset_digest
from registry.candidacy import submit
from registry.promotion import Decision
from registry.record import champions_test_set


def judge_classifier(
    version: ModelVersion,
    served: PyFuncModel,
    recordings: pd.DataFrame,
    gate: Gate,
    accept: str,
    dry_run: bool,
) -> Decision:
    """Evaluates a version on recordings and decides about it.

    Args:
        version: Of the registered model.
        served: That version.
        recordings: A manifest with `audio` digests; what the model was trained on is left out, and
            where the champion's whole test set is among the rest, so is all else.
        gate: To judge by.
        accept: A person's reason to take what the gate would INVESTIGATE; empty for none.
        dry_run: Only says what would be decided.

    Raises:
        UserError: The model was trained on all of them, or does not know their labels.
    """
    recordings = unseen(served.unwrap_python_model().seen_audio, recordings)
    recordings = _champions_test_set(version.name, recordings)
    evaluation = evaluate_model(served, recordings, dataset_digest(recordings))
    log_evaluation(evaluation, served.metadata.model_id, "test")
    training = training_metrics(served)
    mlflow.log_metrics({name: measured.value for name, measured in training.items()})
    findings = of_classifier(evaluation, served, training)
    return submit(version, findings, gate, partial(examine_beside, evaluation), accept, dry_run)


def _champions_test_set(model: str, recordings: pd.DataFrame) -> pd.DataFrame:
    """The recordings that the champion was tested on, where all of them are there."""
    digest, names = champions_test_set(model)
    chosen = recordings[recordings["recording_id"].isin(names)].reset_index(drop=True)
    # Other recordings may have the same names.
    return chosen if dataset_digest(chosen) == digest else recordings
