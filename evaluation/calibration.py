"""Whether a classifier that says 80 % is right 80 % of the time."""

from dataclasses import dataclass

import numpy as np

from evaluation.predictions import Predictions

BINS = 15


@dataclass(frozen=True, eq=False)
class ReliabilityBins:
    """Clips gathered by confidence into equal-width bins.

    Attributes:
        edges: Borders of the bins in [0, 1], shape (BINS + 1,); a bin holds its upper border.
        counts: Clips in each bin, shape (BINS,).
        accuracy: Share of them that is right, NaN in an empty bin, shape (BINS,).
        confidence: Their mean confidence, NaN in an empty bin, shape (BINS,).
    """

    edges: np.ndarray
    counts: np.ndarray
    accuracy: np.ndarray
    confidence: np.ndarray


def expected_calibration_error(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """Mean gap between confidence and accuracy over the bins, each weighted by its clips.

    Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), equation 3.

    Args:
        predictions: n clips.
        weights: Weight of each clip in each of b samples, not negative, shape (b, n).

    Returns:
        The error in [0, 1], lower is better, shape (b,).
    """
    gap = predictions.correct - predictions.confidence
    gap_of_bin = (weights * gap) @ _membership(predictions.confidence)
    return np.abs(gap_of_bin).sum(axis=1) / weights.sum(axis=1)


def reliability_bins(predictions: Predictions) -> ReliabilityBins:
    """Returns what a reliability diagram shows, each clip counted once."""
    membership = _membership(predictions.confidence)
    counts = membership.sum(axis=0)
    filled = np.where(counts > 0, counts, np.nan)
    return ReliabilityBins(
        edges=_edges(),
        counts=counts.astype(np.int64),
        accuracy=predictions.correct @ membership / filled,
        confidence=predictions.confidence @ membership / filled,
    )


def _edges() -> np.ndarray:
    return np.linspace(0, 1, BINS + 1)


def _membership(confidence: np.ndarray) -> np.ndarray:
    """Returns 1 where a clip lies in a bin, float64, shape (n, BINS)."""
    # A confidence is never 0, so the open lower border of the first bin loses nothing.
    bin_of_clip = np.searchsorted(_edges(), confidence, side="left") - 1
    return np.eye(BINS)[bin_of_clip]
