"""How good codec, autoencoders and baseline sound for their bits, as Plotly's script takes it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboards.autoencoders import Autoencoder
from dashboards.charts import Figure, numbers, plain
from dashboards.codec_evaluations import MEL, System
from dashboards.filters import figure
from dashboards.gate_lines import GateLine
from evaluation.bootstrap import Interval

Point = tuple[float, Interval, str]
"""Bitrate, what was measured, and the hover."""

TITLES = {"pesq_wb": "PESQ-wb", "si_sdr": "SI-SDR in dB"}
"""Of the metrics that are drawn."""

EDGE = 1.3
"""Lines go on beyond the outermost bitrate by this factor."""


def rate_distortion_figure(
    metric: str,
    systems: Sequence[System],
    autoencoders: Sequence[Autoencoder],
    lines: Sequence[GateLine],
) -> Figure:
    """Draws a metric over the bitrate.

    Args:
        metric: Key of `TITLES`.
        systems: Of one evaluation of a codec.
        autoencoders: Each measured on a test set of its own.
        lines: Of the gate.
    """
    codec = [
        _point(each, metric) for each in systems if each.name != MEL and metric in each.metrics
    ]
    mel = [_point(each, metric) for each in systems if each.name == MEL and metric in each.metrics]
    trained = [point for each in autoencoders for point in _trained(each, metric)]
    rates = sorted({float(f"{rate:.3g}") for rate, _, _ in (*codec, *mel, *trained)})
    traces = [
        *_series("codec", codec, "--series-1", "circle", "lines+markers"),
        *_series("mel + Griffin-Lim", mel, "--series-4", "square", "markers"),
        *_series("autoencoder", trained, "--series-3", "diamond", "markers"),
        *(_line(each, codec, rates) for each in lines if rates),
    ]
    layout = {
        "height": 460,
        "xaxis": {
            "type": "log",
            "title": {"text": "kbit/s"},
            "tickvals": rates,
            "ticktext": [f"{rate:g}" for rate in rates],
        },
        "yaxis": {"title": {"text": TITLES[metric]}},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    return {"data": [each for each in traces if each["x"]], "layout": layout}


def _point(system: System, metric: str) -> Point:
    measured = system.metrics[metric]
    return system.kbps, measured, f"{plain(system.name)}: {_words(measured)}"


def _trained(each: Autoencoder, metric: str) -> list[Point]:
    measured = each.measured(metric)
    if measured is None:
        return []
    name = f"{plain(each.known.name)} {each.known.number}"
    return [(each.kbps, measured, f"{name}: {_words(measured)}")]


def _words(measured: Interval) -> str:
    if measured.lower is None or measured.upper is None:
        return figure(measured.value)
    return f"{figure(measured.value)} ({figure(measured.lower)} to {figure(measured.upper)})"


def _series(
    name: str, points: Sequence[Point], colour: str, symbol: str, mode: str
) -> list[dict[str, Any]]:
    """The values, and their whiskers as lines of their own: an interval need not hold its value."""
    values = {
        "type": "scatter",
        "name": name,
        "mode": mode,
        "x": [rate for rate, _, _ in points],
        "y": numbers(np.array([measured.value for _, measured, _ in points])),
        "text": [hover for _, _, hover in points],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": colour},
        "marker": {"color": colour, "symbol": symbol, "size": 9},
    }
    bounded = [(rate, measured) for rate, measured, _ in points if measured.lower is not None]
    ends = [[measured.lower, measured.upper, None] for _, measured in bounded]
    whiskers = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [place for rate, _ in bounded for place in (rate, rate, None)],
        "y": numbers(np.array(ends, float).ravel()),
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": colour, "width": 1.5},
        "marker": {"color": colour, "symbol": "line-ew-open", "size": 10},
    }
    return [whiskers, values]


def _line(line: GateLine, codec: Sequence[Point], rates: Sequence[float]) -> dict[str, Any]:
    if line.beside_codec:
        x = [rate for rate, _, _ in codec]
        y = [measured.value + line.value for _, measured, _ in codec]
    else:
        x = [rates[0] / EDGE, rates[-1] * EDGE]
        y = [line.value] * 2
    return {
        "type": "scatter",
        "name": line.text,
        "mode": "lines",
        "x": x,
        "y": numbers(np.array(y)),
        "hovertemplate": f"{line.text}<extra></extra>",
        "line": {
            "color": "--bad" if line.stops else "--good",
            "dash": "dot" if line.beside_codec else "dash",
            "width": 1.5,
        },
    }
