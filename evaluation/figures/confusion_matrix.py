"""What each class was taken for."""

import matplotlib
import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from evaluation.confusion import confusion_counts, most_confused_pairs
from evaluation.figures.style import ABSENT, SMALL
from evaluation.predictions import Predictions

_INCHES_A_CLASS = 0.13
_NAMED_PAIRS = 8


def confusion_matrix(predictions: Predictions) -> Figure:
    """Draws the confusion matrix, each row as shares of the true class's clips.

    Rows of classes without clips are grey, and the commonest mistakes are named underneath.

    Args:
        predictions: The clips.

    Returns:
        The figure, larger the more classes there are.
    """
    side = 5 + _INCHES_A_CLASS * len(predictions.labels)
    figure = Figure(figsize=(side, side + 1), layout="constrained")
    axes = figure.add_subplot()
    colours = matplotlib.colormaps["Blues"].with_extremes(bad=ABSENT)
    # The square root lets a confusion of a few per cent be seen.
    image = axes.imshow(_row_shares(predictions), cmap=colours, norm=PowerNorm(0.5, 0, 1))
    ticks = range(len(predictions.labels))
    axes.set_xticks(ticks, predictions.labels, rotation=90, fontsize=SMALL)
    axes.set_yticks(ticks, predictions.labels, fontsize=SMALL)
    axes.set(xlabel="predicted", ylabel="true")
    axes.set_title(f"Confusion matrix of {len(predictions.truth)} clips")
    figure.colorbar(image, ax=axes, label="share of the true class's clips", shrink=0.6)
    figure.supxlabel(_pairs_text(predictions), fontsize=9)
    return figure


def _row_shares(predictions: Predictions) -> np.ndarray:
    counts = confusion_counts(predictions)
    support = counts.sum(axis=1, keepdims=True)
    return counts / np.where(support > 0, support, np.nan)


def _pairs_text(predictions: Predictions) -> str:
    pairs = most_confused_pairs(predictions, _NAMED_PAIRS)
    if pairs.empty:
        return "no clip was taken for another class"
    lines = [
        f"{row.truth} taken for {row.predicted}: {row.count} clips, {row.share:.0%}"
        for row in pairs.to_records(index=False)
    ]
    return "\n".join(["", "most confused:", *lines])
