"""The same recording through several classifiers: where do they part?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboards.versions import Known
from evaluation.comparison.shared_clips import shared_clips
from evaluation.predictions import Predictions

LISTED = 60
"""Recordings that a page shows."""


@dataclass(frozen=True)
class Answer:
    """What a version said of a recording, how sure it was, and whether it was right."""

    label: str
    probability: float
    right: bool


@dataclass(frozen=True)
class Recording:
    """One recording and what each version said of it, in the order of the versions."""

    item: str
    truth: str
    answers: Sequence[Answer]


@dataclass(frozen=True, eq=False)
class Answered:
    """What versions said of the recordings that all of them could answer.

    Attributes:
        versions: That were asked.
        clips: How many recordings there are.
        parted: On how many some are right and others wrong.
        differing: On how many all are wrong, each in its way.
        wrong: On how many all say the same wrong thing.
        recordings: In this order, in each the one first on which their belief in the truth differs
            most; the first `LISTED`.
    """

    versions: Sequence[Known]
    clips: int
    parted: int
    differing: int
    wrong: int
    recordings: Sequence[Recording]


def answered(versions: Sequence[Known], predictions: Sequence[Predictions]) -> Answered:
    """Orders recordings by how far the versions' answers are apart.

    Args:
        versions: At least two.
        predictions: Of each, of the same labels.

    Raises:
        UserError: There is no recording that all could answer.
    """
    shared = shared_clips(predictions)
    right = np.stack([each.correct for each in shared])
    said = np.stack([each.predicted for each in shared])
    parted = right.any(axis=0) & ~right.all(axis=0)
    wrong = ~right.any(axis=0)
    differing = wrong & (said != said[0]).any(axis=0)
    kinds = np.select([parted, differing, wrong], [0, 1, 2], 3)
    belief = np.stack([_belief(each) for each in shared])
    order = np.lexsort((-np.ptp(belief, axis=0), kinds))[:LISTED]
    return Answered(
        versions,
        len(shared[0].item_ids),
        int(parted.sum()),
        int(differing.sum()),
        int((wrong & ~differing).sum()),
        [_recording(shared, place) for place in order],
    )


def _belief(predictions: Predictions) -> np.ndarray:
    """Probability of what is true, shape (n,)."""
    return predictions.probabilities[np.arange(len(predictions.truth)), predictions.truth]


def _recording(shared: Sequence[Predictions], place: int) -> Recording:
    first = shared[0]
    answers = [
        Answer(
            each.labels[each.predicted[place]],
            float(each.confidence[place]),
            bool(each.correct[place]),
        )
        for each in shared
    ]
    return Recording(first.item_ids[place], first.labels[first.truth[place]], answers)
