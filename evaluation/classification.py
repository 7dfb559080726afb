"""How often a classifier is right, as functions of the weight of each clip.

Each metric takes `weights` of shape (b, n), not negative, every row with a sum above 0, and gives
b values: a row of ones is the plain score, a row of counts is one bootstrap resample. Macro
averages go over the classes that are present in the truth of that sample; an absent class is
unknown, not 0.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from evaluation.calibration import expected_calibration_error
from evaluation.predictions import Predictions

Metric = Callable[[Predictions, np.ndarray], np.ndarray]


def accuracy(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """Share of clips whose likeliest class is the true one, in [0, 1], shape (b,)."""
    return weights @ predictions.correct / weights.sum(axis=1)


def top5_accuracy(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """Share of clips whose true class is among the five likeliest, in [0, 1], shape (b,)."""
    return weights @ (predictions.truth_rank <= 5) / weights.sum(axis=1)


def balanced_accuracy(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """Recall averaged over the present classes, in [0, 1], shape (b,)."""
    support, _, hits = _class_counts(predictions, weights)
    return _mean_of_present(_ratio(hits, support))


def macro_f1(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """F1 averaged over the present classes, in [0, 1], shape (b,)."""
    return _mean_of_present(f1_by_class(predictions, weights))


def f1_by_class(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """F1 of each class in the order of the labels, NaN where it is absent, shape (b, c)."""
    return _f1(*_class_counts(predictions, weights))


def weighted_f1(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """F1 averaged over the present classes by their share of clips, in [0, 1], shape (b,)."""
    support, predicted, hits = _class_counts(predictions, weights)
    f1 = np.nan_to_num(_f1(support, predicted, hits))
    return (f1 * support).sum(axis=1) / weights.sum(axis=1)


def mean_average_precision(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """One-against-rest average precision averaged over the present classes, shape (b,)."""
    return _mean_of_present(_average_precisions(predictions, weights))


METRICS: dict[str, Metric] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "top5_accuracy": top5_accuracy,
    "macro_f1": macro_f1,
    "weighted_f1": weighted_f1,
    "map": mean_average_precision,
    "ece": expected_calibration_error,
}


def per_class_table(predictions: Predictions) -> pd.DataFrame:
    """Returns support, precision, recall, F1 and average precision, one row a class.

    What is undefined is NaN, not 0: precision where the class was never predicted; recall, F1 and
    average precision where no clip is of the class.
    """
    once = np.ones((1, len(predictions.truth)))
    support, predicted, hits = _class_counts(predictions, once)
    return pd.DataFrame(
        {
            "label": predictions.labels,
            "support": support[0].astype(int),
            "precision": _ratio(hits, predicted)[0],
            "recall": _ratio(hits, support)[0],
            "f1": _f1(support, predicted, hits)[0],
            "average_precision": _average_precisions(predictions, once)[0],
        }
    )


def _class_counts(
    predictions: Predictions, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns weight of clips that are, that are called, and that are both: each (b, c)."""
    one_hot = np.eye(len(predictions.labels))
    is_class, called_class = one_hot[predictions.truth], one_hot[predictions.predicted]
    return weights @ is_class, weights @ called_class, weights @ (is_class * called_class)


def _average_precisions(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """Returns average precision of each class, NaN where it is absent, shape (b, c).

    AP is the mean, over the clips of the class, of the precision at the threshold that just lets
    the clip in. Clips of equal score come in together, as in scikit-learn.
    """
    result = np.full((len(weights), len(predictions.labels)), np.nan)
    for label in np.unique(predictions.truth):
        scores = predictions.probabilities[:, label]
        of_class = predictions.truth == label
        let_in = (scores[:, None] >= scores[of_class]).astype(np.float64)  # (n, clips of class)
        weights_of_class = weights[:, of_class]
        precision = _ratio(weights_of_class @ let_in[of_class], weights @ let_in)
        # A clip of weight 0 may have no precision; it counts for nothing.
        area = (weights_of_class * np.nan_to_num(precision)).sum(axis=1)
        result[:, label] = _ratio(area, weights_of_class.sum(axis=1))
    return result


def _f1(support: np.ndarray, predicted: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """Returns F1 of each class, NaN where it is absent, shape (b, c)."""
    return np.where(support > 0, 2 * _ratio(hits, support + predicted), np.nan)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Returns part / whole, NaN where the whole is 0."""
    return part / np.where(whole > 0, whole, np.nan)


def _mean_of_present(values: np.ndarray) -> np.ndarray:
    """Returns the mean over classes of (b, c) values, the NaN of absent classes left out."""
    return np.nanmean(values, axis=1)
