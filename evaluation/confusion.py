"""Which classes are taken for which."""

import numpy as np
import pandas as pd

from evaluation.predictions import Predictions


def confusion_counts(predictions: Predictions) -> np.ndarray:
    """Returns clips by true class (row) and predicted class (column), int64, shape (c, c)."""
    classes = len(predictions.labels)
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (predictions.truth, predictions.predicted), 1)
    return counts


def most_confused_pairs(predictions: Predictions, k: int) -> pd.DataFrame:
    """Lists the commonest mistakes.

    Args:
        predictions: The clips.
        k: Most pairs to list.

    Returns:
        At most k rows with truth, predicted, count and share (of the true class's clips, in
        (0, 1]), the highest count first, of equal counts the highest share.
    """
    counts = confusion_counts(predictions)
    support = counts.sum(axis=1)
    np.fill_diagonal(counts, 0)
    truth, predicted = np.nonzero(counts)
    names = np.array(predictions.labels, dtype=object)
    pairs = pd.DataFrame(
        {
            "truth": names[truth],
            "predicted": names[predicted],
            "count": counts[truth, predicted],
            "share": counts[truth, predicted] / support[truth],
        }
    )
    # A stable sort keeps what is equal in the order of the labels.
    return pairs.sort_values(["count", "share"], ascending=False, kind="stable").head(k)
