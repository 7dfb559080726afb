"""Figures of a classifier's answers, as Plotly's script takes them.

All texts are escaped, as Plotly reads tags in them; `static/charts.js` puts in the colours.
"""

import html
from collections.abc import Mapping
from typing import Any

import numpy as np

from dashboards.filters import cut, figure
from evaluation.calibration import reliability_bins
from evaluation.confusion import confusion_counts
from evaluation.predictions import Predictions

Figure = dict[str, Any]

LABEL = 28
"""Characters of a label that fit beside an axis."""

PIXELS_A_BAR, PIXELS_A_CELL = 22, 14

DRAWN = 150
"""Classes that a figure has at most: their matrix of 1,000 would be a page of 66 MB."""


def confusion_figure(predictions: Predictions) -> Figure:
    """True classes as rows, what they were taken for as columns; the hover has the counts.

    Of more than `DRAWN` classes, those that were mistaken most often.
    """
    counts = confusion_counts(predictions)
    drawn = _most_mistaken(counts)
    support = counts.sum(axis=1, keepdims=True)[drawn]
    counts = counts[np.ix_(drawn, drawn)]
    shares = np.where(support > 0, counts / np.maximum(support, 1), np.nan)
    labels = [plain(predictions.labels[place]) for place in drawn]
    places = list(enumerate(labels))
    hover = [
        [f"{truth} taken for {said}: {counts[i, j]} of {support[i, 0]}" for j, said in places]
        for i, truth in places
    ]
    heat = {
        "type": "heatmap",
        # The square root lets a confusion of a few per cent be seen.
        "z": numbers(np.sqrt(shares)),
        "zmin": 0,
        "zmax": 1,
        "text": hover,
        "hovertemplate": "%{text}<extra></extra>",
        "colorscale": [[0, "--panel"], [1, "--series-1"]],
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
    }
    ticks = {"tickvals": list(range(len(labels))), "ticktext": labels, "showgrid": False}
    layout = {
        "height": 260 + PIXELS_A_CELL * len(labels),
        "xaxis": {**ticks, "title": {"text": "taken for"}, "tickangle": -60},
        "yaxis": {**ticks, "title": {"text": "true"}, "autorange": "reversed"},
    }
    return {"data": [heat], "layout": layout}


def classes_figure(classes: Mapping[str, Mapping[str, float]]) -> Figure:
    """F1 of each class as a bar, the best on top; the hover has the rest.

    Of more than `DRAWN` classes, the worst.
    """
    ordered = sorted(
        ((label, values) for label, values in classes.items() if values["support"] > 0),
        key=lambda pair: pair[1]["f1"],
    )[:DRAWN]
    labels = [plain(label) for label, _ in ordered]
    hover = [
        f"{label}: F1 {figure(values['f1'])}, precision {figure(values['precision'])}, "
        f"recall {figure(values['recall'])}, {values['support']:.0f} clips"
        for label, (_, values) in zip(labels, ordered, strict=True)
    ]
    places = list(range(len(ordered)))
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": numbers(np.array([values["f1"] for _, values in ordered])),
        "y": places,
        "text": hover,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": "--series-1"},
    }
    layout = {
        "height": 90 + PIXELS_A_BAR * len(ordered),
        "xaxis": {"range": [0, 1], "title": {"text": "F1"}},
        "yaxis": {"tickvals": places, "ticktext": labels, "showgrid": False},
    }
    return {"data": [bars], "layout": layout}


def reliability_figure(predictions: Predictions) -> Figure:
    """Accuracy over confidence: bars under the line are overconfident."""
    bins = reliability_bins(predictions)
    filled = bins.counts > 0
    middles = (bins.edges[:-1] + bins.edges[1:]) / 2
    hover = [
        f"confidence {confidence:.2f}, right {accuracy:.2f}, {count} clips"
        for confidence, accuracy, count in zip(
            bins.confidence[filled], bins.accuracy[filled], bins.counts[filled], strict=True
        )
    ]
    bars = {
        "type": "bar",
        "name": "right",
        "x": numbers(middles[filled]),
        "y": numbers(bins.accuracy[filled]),
        "width": float(bins.edges[1] - bins.edges[0]) * 0.92,
        "text": hover,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": "--series-1"},
    }
    line = {
        "type": "scatter",
        "name": "as right as it is sure",
        "mode": "lines",
        "x": [0, 1],
        "y": [0, 1],
        "hoverinfo": "skip",
        "line": {"color": "--series-2", "dash": "dash", "width": 1.5},
    }
    layout = {
        "height": 360,
        "showlegend": False,
        "xaxis": {"range": [0, 1], "title": {"text": "confidence"}},
        "yaxis": {"range": [0, 1.02], "title": {"text": "share that is right"}},
    }
    return {"data": [bars, line], "layout": layout}


def _most_mistaken(counts: np.ndarray) -> np.ndarray:
    """Places of the classes with most mistakes, theirs and those of others for them, in order."""
    mistakes = counts.sum(axis=0) + counts.sum(axis=1) - 2 * counts.diagonal()
    return np.sort(np.argsort(-mistakes, kind="stable")[:DRAWN])


def plain(label: str) -> str:
    """A label as text that Plotly shows and does not read."""
    return html.escape(cut(label, LABEL))


def numbers(values: np.ndarray) -> list[Any]:
    """An array as JSON has it, None for what is not finite."""
    known = values.astype(object)
    known[~np.isfinite(values)] = None
    return list(known.tolist())
