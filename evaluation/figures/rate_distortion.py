"""How good systems sound for the bits that they spend."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation.figures.style import COLOURS, MARKERS
from evaluation.quality.metrics import HIGHER_IS_BETTER
from projects.errors import UserError

_COLUMNS = ["system", "kbps", "metric", "value", "lower", "upper"]


def rate_distortion(table: pd.DataFrame) -> Figure:
    """Draws each metric over the bitrate, one line with whiskers a system.

    Args:
        table: One row a measurement: `system`; `kbps`, NaN for a system without a bitrate, which
            is drawn as a level with a band; `metric`; `value`; `lower` and `upper`, the bounds of
            its interval, NaN where there is none.

    Returns:
        The figure, one panel a metric in the table's order; a system has one colour throughout.

    Raises:
        UserError: If a column is missing, there is no bitrate or one is not above 0, a value is
            not finite, or a system has two values of a metric at one bitrate.
    """
    _check(table)
    metrics, systems = table["metric"].unique(), table["system"].unique()
    figure = Figure(figsize=(7, 1 + 2.5 * len(metrics)), layout="constrained")
    panels = figure.subplots(len(metrics), 1, sharex=True, squeeze=False)[:, 0]
    for axes, metric in zip(panels, metrics, strict=True):
        of_metric = table[table["metric"] == metric].sort_values("kbps")
        for place, system in enumerate(systems):
            _draw(axes, of_metric[of_metric["system"] == system], place)
        axes.set_ylabel(_label(metric))
        axes.grid(alpha=0.3)
        axes.legend()
    _set_rates(panels[-1], np.sort(table["kbps"].dropna().unique()))
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, place: int) -> None:
    """Draws one system in one panel."""
    colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
    at_rate, without_rate = rows[rows["kbps"].notna()], rows[rows["kbps"].isna()]
    if len(at_rate):
        label = at_rate["system"].iloc[0]
        axes.plot(at_rate["kbps"], at_rate["value"], color=colour, marker=marker, label=label)
        # Not errorbar: a percentile interval need not hold its value.
        axes.vlines(at_rate["kbps"], at_rate["lower"], at_rate["upper"], color=colour)
    for row in without_rate.itertuples():
        axes.axhline(row.value, color=colour, linestyle="--", label=row.system)
        axes.axhspan(row.lower, row.upper, color=colour, alpha=0.15, linewidth=0)


def _set_rates(axes: Axes, rates: np.ndarray) -> None:
    """Gives the shared axis the bitrates that were measured as its ticks."""
    axes.set_xscale("log", base=2)
    axes.set_xticks(rates, [f"{rate:g}" for rate in rates])
    axes.set_xlabel("kbps")


def _label(metric: str) -> str:
    if metric not in HIGHER_IS_BETTER:
        return metric
    return f"{metric}\n({'higher' if HIGHER_IS_BETTER[metric] else 'lower'} is better)"


def _check(table: pd.DataFrame) -> None:
    missing = [column for column in _COLUMNS if column not in table]
    if missing:
        raise UserError(f"Expected columns {_COLUMNS}, got a table without {missing}.")
    rates = table["kbps"].dropna()
    if rates.empty or not np.isfinite(rates).all() or rates.min() <= 0:
        raise UserError(
            f"Expected bitrates above 0 kbps, got {list(rates.unique())}: leave NaN where a system"
            " has none, and give at least one."
        )
    if not np.isfinite(table["value"]).all():
        raise UserError("Expected finite values, got others: leave out what was not measured.")
    repeats = table[table.duplicated(["system", "kbps", "metric"])]
    if len(repeats):
        raise UserError(
            f"Expected one value of each metric for a system and bitrate, got another of"
            f" {repeats['metric'].iloc[0]!r} for {repeats['system'].iloc[0]!r}: drop the repeats."
        )
