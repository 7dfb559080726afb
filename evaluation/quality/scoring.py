"""Every metric of one clip."""

import numpy as np

from evaluation.quality.metrics import QUALITY
from evaluation.quality.pair import UnscorableClip


def score_pair(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int
) -> tuple[dict[str, float], dict[str, str]]:
    """Scores a clip in each metric by itself, so that one that fails does not lose the others.

    Args:
        reference: What the sound should be, (n,).
        estimate: What it became, (n,), aligned with the reference.
        sample_rate: Hz, of both.

    Returns:
        Metric to score, and metric to the reason why it has none; together all of `QUALITY`.
    """
    scores: dict[str, float] = {}
    failures: dict[str, str] = {}
    for name, metric in QUALITY.items():
        try:
            scores[name] = metric(reference, estimate, sample_rate)
        except UnscorableClip as refusal:
            failures[name] = str(refusal)
    return scores, failures
