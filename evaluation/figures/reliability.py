"""Whether confidence can be believed."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation.calibration import (
    ReliabilityBins,
    expected_calibration_error,
    reliability_bins,
)
from evaluation.figures.style import COLOURS
from evaluation.predictions import Predictions


def reliability_diagram(predictions: Predictions) -> Figure:
    """Draws accuracy over confidence, with the calibration error and the clips in each bin.

    Args:
        predictions: The clips.

    Returns:
        The figure; bars below the diagonal are overconfident.
    """
    bins = reliability_bins(predictions)
    once = np.ones((1, len(predictions.truth)))
    error = float(expected_calibration_error(predictions, once)[0])
    figure = Figure(figsize=(6.5, 7), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.set_title(f"Reliability: expected calibration error {error:.3f}")
    _draw_accuracy(above, bins)
    _draw_counts(below, bins)
    return figure


def _draw_accuracy(axes: Axes, bins: ReliabilityBins) -> None:
    axes.stairs(
        np.nan_to_num(bins.accuracy), bins.edges, fill=True, color=COLOURS[5], label="accuracy"
    )
    axes.plot(bins.confidence, bins.accuracy, "o", color=COLOURS[0], label="at the mean confidence")
    axes.plot([0, 1], [0, 1], "--", color=COLOURS[1], label="perfectly calibrated")
    axes.set(xlim=(0, 1), ylim=(0, 1), ylabel="accuracy")
    axes.legend(loc="upper left")


def _draw_counts(axes: Axes, bins: ReliabilityBins) -> None:
    width = bins.edges[1] - bins.edges[0]
    middles = bins.edges[:-1] + width / 2
    bars = axes.bar(middles, bins.counts, width * 0.9, color=COLOURS[0])
    axes.bar_label(bars, fontsize=8)
    axes.margins(y=0.2)
    axes.set(xlabel="confidence", ylabel="clips")
