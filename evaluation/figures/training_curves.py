"""How training went, epoch by epoch."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evaluation.figures.style import COLOURS, MARKERS
from projects.errors import UserError

_SIDES = ("train.", "validation.")


def training_curves(curves: Mapping[str, Sequence[float]]) -> Figure:
    """Draws values over epochs, `train.x` and `validation.x` together in one panel.

    Args:
        curves: Name to one value an epoch, the first epoch first; NaN leaves a gap.

    Returns:
        The figure, one panel a quantity.

    Raises:
        UserError: If there is nothing to draw.
    """
    if not any(math.isfinite(value) for values in curves.values() for value in values):
        raise UserError(
            f"Expected at least one curve with a finite value, got {list(curves)}: train for an"
            " epoch first."
        )
    panels: dict[str, dict[str, Sequence[float]]] = {}
    for name, values in curves.items():
        panels.setdefault(_quantity(name), {})[name] = values
    figure = Figure(figsize=(7, 1 + 2.5 * len(panels)), layout="constrained")
    rows = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (quantity, lines) in zip(rows, panels.items(), strict=True):
        for place, (name, values) in enumerate(lines.items()):
            axes.plot(
                range(1, len(values) + 1),
                values,
                color=COLOURS[place % len(COLOURS)],
                marker=MARKERS[place % len(MARKERS)],
                markersize=4,
                label=name,
            )
        axes.set_ylabel(quantity)
        axes.grid(alpha=0.3)
        axes.legend()
    rows[-1].set_xlabel("epoch")
    rows[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _quantity(name: str) -> str:
    for side in _SIDES:
        name = name.removeprefix(side)
    return name
