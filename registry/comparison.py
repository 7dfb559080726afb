"""How a candidate compares with the champion on the candidate's test set."""

import numpy as np
from mlflow.entities.model_registry import ModelVersion
from mlflow.pyfunc import PyFuncModel

from evaluation.bootstrap import paired_difference
from evaluation.classification import METRICS
from evaluation.evaluation import Evaluation
from evaluation.gates.evidence import Compared, NoChampion, NotComparable
from evaluation.scoring import load_model, model_labels, score, unseen
from projects.errors import UserError


def compare_with_champion(
    candidate: Evaluation, champion: ModelVersion | None, metric: str
) -> Compared | NoChampion | NotComparable:
    """Scores the champion on the candidate's test set and measures the paired difference.

    Test recordings that the champion was itself trained on are left out on both sides.

    Args:
        candidate: The candidate's evaluation on its test set.
        champion: The champion of the moment, if there is one.
        metric: Name of the metric to compare on.

    Returns:
        The difference with its interval, or why there is none.
    """
    if champion is None:
        return NoChampion()
    try:
        return _compared(
            candidate, load_model(f"models:/{champion.name}/{champion.version}"), metric
        )
    except UserError as error:
        return NotComparable(f"version {champion.version}: {error}")


def _compared(
    candidate: Evaluation, champion: PyFuncModel, metric: str
) -> Compared | NotComparable:
    ours = candidate.predictions
    if sorted(model_labels(champion)) != sorted(ours.labels):
        return NotComparable(
            "it tells other labels apart: register models of other labels under another model_name"
        )
    recordings = unseen(champion, candidate.recordings)
    theirs = score(champion, recordings)[0]
    shared = np.isin(ours.item_ids, theirs.item_ids)
    if shared.sum() != len(theirs.item_ids):
        return NotComparable("it could score recordings that the candidate could not")
    difference = paired_difference(ours.part(shared), theirs, METRICS[metric])
    return Compared(metric, difference, candidate.digest)
