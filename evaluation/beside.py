"""Another model's findings on the test set that a candidate was evaluated on."""

from evaluation.bootstrap import intervals
from evaluation.classification import METRICS
from evaluation.evaluation import Evaluation
from evaluation.findings import Findings, of_classifier
from evaluation.scoring import load_model, score
from evaluation.unseen import unseen


def examine_beside(candidate: Evaluation, other: str) -> Findings:
    """Scores another model on the candidate's test set.

    Test recordings that the other was itself trained on are left out.

    Args:
        candidate: The candidate's evaluation on its test set.
        other: URI of the other model.

    Raises:
        UserError: The other cannot be loaded, or can say nothing of these recordings.
    """
    model = load_model(other)
    recordings = unseen(model.unwrap_python_model().seen_audio, candidate.recordings)
    predictions, failures = score(model, recordings)
    metrics = intervals(predictions, METRICS)
    evaluation = Evaluation(recordings, candidate.digest, predictions, failures, metrics)
    return of_classifier(evaluation, model, {})
