"""How much each member of an ensemble counts, fitted on validation recordings."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np

from evaluation.classification import macro_f1
from evaluation.predictions import Predictions
from evaluation.recipes import check_all_paired
from projects.species.ensemble import weighted_mean

Weighting = Literal["equal", "grid", "learnt"]

STEPS = 10
"""A grid's weights are tenths."""

ROUNDS = 500
SMALLEST = 1e-12
"""A probability of 0 would leave its clip without a share."""


def fitted_weights(weighting: Weighting, validation: Sequence[Predictions]) -> np.ndarray:
    """Weights of an ensemble's members.

    Args:
        weighting: `equal`; `grid`, the tenths of the best macro F1, of equals those nearest to
            equal weights; `learnt`, the likeliest weights of a mixture.
        validation: Each member's answers to the same clips, on which none was trained.

    Returns:
        (members,) weights, 0 or more, summing to 1.

    Raises:
        UserError: Clips, groups, truth or labels differ.
    """
    check_all_paired(validation)
    return _FITS[weighting](validation)


def mixed(members: Sequence[Predictions], weights: np.ndarray) -> Predictions:
    """What an ensemble answers, from what its members do.

    Args:
        members: Answers to the same clips.
        weights: (members,), summing to 1.
    """
    first = members[0]
    probabilities = weighted_mean([each.probabilities for each in members], weights.tolist())
    return Predictions(first.item_ids, first.groups, first.truth, probabilities, first.labels)


def _equal(members: Sequence[Predictions]) -> np.ndarray:
    return np.full(len(members), 1 / len(members))


def _grid(members: Sequence[Predictions]) -> np.ndarray:
    once = np.ones((1, len(members[0].truth)))

    def merit(weights: np.ndarray) -> tuple[float, float]:
        score = float(macro_f1(mixed(members, weights), once)[0])
        return round(score, 9), -float(np.square(weights).sum())

    return max((np.array(parts) / STEPS for parts in _parts(STEPS, len(members))), key=merit)


def _parts(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """All ways to part a number into so many numbers from 0."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _parts(total - first, places - 1):
            yield (first, *rest)


def _learnt(members: Sequence[Predictions]) -> np.ndarray:
    """Expectation-maximisation (Dempster et al. 1977): each round the likelihood rises."""
    clips = np.arange(len(members[0].truth))
    of_truth = np.stack([each.probabilities[clips, each.truth] for each in members])
    of_truth = of_truth.clip(min=SMALLEST)
    weights = _equal(members)
    for _ in range(ROUNDS):
        shares = weights[:, None] * of_truth
        weights = (shares / shares.sum(axis=0)).mean(axis=1)
    return weights


_FITS: dict[Weighting, Callable[[Sequence[Predictions]], np.ndarray]] = {
    "equal": _equal,
    "grid": _grid,
    "learnt": _learnt,
}
