"""How a candidate compares with the champion on the candidate's test set."""

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from evaluation.bootstrap import paired_difference
from evaluation.classification import METRICS
from evaluation.evaluation import Evaluation
from evaluation.gates.evidence import Compared, NoChampion, NotComparable
from evaluation.scoring import model_labels, score


def compare_with_champion(
    candidate: Evaluation, champion: ModelVersion | None, metric: str
) -> Compared | NoChampion | NotComparable:
    """Scores the champion on the candidate's test set and measures the paired difference.

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
        model = mlflow.pyfunc.load_model(f"models:/{champion.name}/{champion.version}")
    except (MlflowException, OSError) as error:
        return NotComparable(f"version {champion.version} cannot be loaded: {error}")
    if sorted(model_labels(model)) != sorted(candidate.predictions.labels):
        return NotComparable(
            f"version {champion.version} tells other labels apart: "
            "register models of other labels under another model_name"
        )
    seen = candidate.recordings["audio"].isin(model.unwrap_python_model().seen_audio).sum()
    if seen:
        return NotComparable(
            f"version {champion.version} was trained on {seen} of the "
            f"{len(candidate.recordings)} test recordings: keep the split of its training"
        )
    predictions = score(model, candidate.recordings)[0]
    if predictions.item_ids != candidate.predictions.item_ids:
        return NotComparable(
            f"version {champion.version} could score {len(predictions.item_ids)} of the "
            f"recordings, the candidate {len(candidate.predictions.item_ids)}"
        )
    difference = paired_difference(candidate.predictions, predictions, METRICS[metric])
    return Compared(metric, difference, candidate.digest)
