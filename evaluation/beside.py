"""A classifier's evaluation beside that of another model on the same recordings."""

import numpy as np

from evaluation.bootstrap import Interval, paired_difference
from evaluation.classification import METRICS
from evaluation.evaluation import Evaluation
from evaluation.scoring import load_model, model_labels, score
from evaluation.unseen import unseen
from projects.errors import UserError


def difference_to(candidate: Evaluation, other: str, metric: str) -> Interval:
    """Scores another model on the candidate's test set: candidate minus other, paired.

    Test recordings that the other was itself trained on are left out on both sides.

    Args:
        candidate: The candidate's evaluation on its test set.
        other: URI of the other model.
        metric: Name of the metric to compare on.

    Raises:
        UserError: The other cannot be loaded, or the two cannot be compared.
    """
    model = load_model(other)
    ours = candidate.predictions
    if sorted(model_labels(model)) != sorted(ours.labels):
        raise UserError(
            "it tells other labels apart: register models of other labels under another model_name"
        )
    recordings = unseen(model.unwrap_python_model().seen_audio, candidate.recordings)
    theirs = score(model, recordings)[0]
    shared = np.isin(ours.item_ids, theirs.item_ids)
    if shared.sum() != len(theirs.item_ids):
        raise UserError("it could score recordings that the candidate could not")
    return paired_difference(ours.part(shared), theirs, METRICS[metric])
