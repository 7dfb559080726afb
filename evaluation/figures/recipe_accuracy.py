"""Test accuracy from recipe to recipe, and which gates it clears."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from evaluation.bootstrap import Interval
from evaluation.figures.style import COLOURS
from evaluation.figures.text import wrapped


def recipe_accuracy(accuracy: Mapping[str, Interval], limits: Mapping[str, float]) -> Figure:
    """Draws a bar a recipe, in the given order, with its interval as a whisker.

    Args:
        accuracy: Recipe to its accuracy.
        limits: Gate to the accuracy that it asks for, drawn as dashed lines.

    Returns:
        The figure.
    """
    figure = Figure(figsize=(8, 1.6 + 0.55 * len(accuracy)), layout="constrained")
    axes = figure.add_subplot()
    for place, each in enumerate(accuracy.values()):
        axes.barh(place, each.value, color=COLOURS[place % len(COLOURS)], height=0.6)
        if each.lower is not None and each.upper is not None:
            # Not xerr: a percentile interval need not hold its value.
            axes.hlines(place, each.lower, each.upper, color="black")
            axes.plot([each.lower, each.upper], [place, place], "|", color="black")
    for limit in sorted(set(limits.values())):
        axes.axvline(limit, color="black", alpha=0.5, linestyle="--")
        gates = ", ".join(gate for gate, asked in limits.items() if asked == limit)
        axes.text(limit, -0.62, gates, rotation=90, ha="center")
    axes.set_yticks(range(len(accuracy)), [wrapped(label) for label in accuracy])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="test accuracy with its 95 % interval")
    return figure
