"""Figures of a study, as Plotly's script takes them."""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

from dashboards.charts import PIXELS_A_BAR, Figure, plain
from dashboards.importance import Direction, importances
from dashboards.trials import Objectives, Trial

LOGARITHMIC = 20.0
"""An axis whose largest value is so many times its smallest is drawn by powers."""

DOT = 9
FEW = 12
"""Trials of which each gets its number on the axis."""


def history_figure(trials: Sequence[Trial], name: str, direction: Direction) -> Figure:
    """An objective of each complete trial, and the best that there was so far."""
    done = [each for each in trials if each.values]
    numbers, values = [each.number for each in done], [each.values[name] for each in done]
    better = max if direction == "maximize" else min
    so_far = list(accumulate(values, better))
    each_number = {"dtick": 1} if len(done) <= FEW else {}
    dots = {
        **_dots(done, numbers, values),
        "name": "trial",
        "marker": {"color": "--series-1", "size": DOT},
    }
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "best so far",
        "x": numbers,
        "y": so_far,
        "line": {"color": "--series-2", "shape": "hv", "width": 1.5},
        "hoverinfo": "skip",
    }
    layout = {
        "height": 340,
        "showlegend": False,
        "xaxis": {"title": {"text": "trial"}, **each_number},
        "yaxis": {"title": {"text": plain(name)}},
    }
    return {"data": [line, dots], "layout": layout}


def front_figures(
    trials: Sequence[Trial], best: Sequence[Trial], objectives: Objectives
) -> list[tuple[str, Figure]]:
    """The first objective over each of the others, with what is on the Pareto front marked.

    Args:
        trials: All of the study.
        best: Those on its front.
        objectives: Of it; no figure for a single one.

    Returns:
        Name of the other objective, and the figure.
    """
    first, *others = objectives
    beaten = [each for each in trials if each.values and each not in best]
    return [(other, _front_figure(beaten, best, other, first)) for other in others]


def importance_figure(found: Mapping[str, Mapping[str, float]]) -> Figure:
    """The importance of each setting as bars, one colour an objective.

    Args:
        found: Objective to setting to importance.
    """
    settings = list(next(iter(found.values())))[::-1]
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": plain(objective),
            "x": [shares.get(setting, 0.0) for setting in settings],
            "y": [plain(setting) for setting in settings],
            "marker": {"color": f"--series-{place}"},
        }
        for place, (objective, shares) in enumerate(found.items(), start=1)
    ]
    layout = {
        "height": 120 + PIXELS_A_BAR * len(settings) * len(bars),
        "showlegend": len(bars) > 1,
        "legend": {"orientation": "h", "y": 1.12, "traceorder": "reversed"},
        "xaxis": {"title": {"text": "importance"}, "rangemode": "tozero"},
        "yaxis": {"showgrid": False, "ticksuffix": " "},
    }
    return {"data": bars, "layout": layout}


def importance_of(trials: Sequence[Trial], objectives: Objectives) -> dict[str, dict[str, float]]:
    """Objective to setting to importance; objectives of which nothing can be said are left out."""
    done = [each for each in trials if each.values]
    settings = [each.settings for each in done]
    found = {
        name: importances(settings, [each.values[name] for each in done], direction)
        for name, direction in objectives.items()
    }
    return {name: shares for name, shares in found.items() if shares}


def _front_figure(beaten: Sequence[Trial], best: Sequence[Trial], x: str, y: str) -> Figure:
    along = sorted(best, key=lambda each: each.values[x])
    quiet = {
        **_of(beaten, x, y),
        "name": "others",
        "marker": {"color": "--quiet", "size": DOT, "symbol": "circle-open"},
    }
    front = {
        **_of(along, x, y),
        "name": "on the front",
        "marker": {"color": "--series-2", "size": DOT + 2},
    }
    values = [each.values[x] for each in (*beaten, *best)]
    is_wide = bool(values) and min(values) > 0 and max(values) > LOGARITHMIC * min(values)
    layout = {
        "height": 360,
        "legend": {"orientation": "h", "y": 1.12},
        "xaxis": {"title": {"text": plain(x)}, "type": "log" if is_wide else "linear"},
        "yaxis": {"title": {"text": plain(y)}},
    }
    return {"data": [quiet, front], "layout": layout}


def _of(trials: Sequence[Trial], x: str, y: str) -> Figure:
    return _dots(trials, [each.values[x] for each in trials], [each.values[y] for each in trials])


def _dots(trials: Sequence[Trial], x: Sequence[float], y: Sequence[float]) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(x),
        "y": list(y),
        "text": [_described(each) for each in trials],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _described(trial: Trial) -> str:
    told = {**trial.values, **trial.settings}
    lines = [f"{plain(name)} {plain(short(value))}" for name, value in told.items()]
    # No bold: Plotly makes an inline style of it, which our pages forbid.
    return "<br>".join([f"trial {trial.number}", *lines])


def short(value: object) -> str:
    """A setting's value or a measured one, with the digits that count."""
    if not isinstance(value, float) or not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
