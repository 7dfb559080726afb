"""Which classes each of several recipes does well on."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from evaluation.figures.style import COLOURS, SMALL
from evaluation.figures.text import wrapped


def recipe_class_f1(
    f1: Mapping[str, Mapping[str, float]], training: Mapping[str, int], rare: Sequence[str]
) -> Figure:
    """Draws the F1 of each class as one bar a recipe, the commonest class on top.

    Args:
        f1: Recipe to class to F1; NaN, where there is no clip, leaves a gap.
        training: Class to number of training recordings.
        rare: Classes whose names are set in bold.

    Returns:
        The figure.
    """
    ordered = sorted(training, key=lambda label: (-training[label], label))
    thick = 0.8 / len(f1)
    height = 1.5 + max(0.25, 0.11 * len(f1)) * len(ordered)
    figure = Figure(figsize=(8, height), layout="constrained")
    axes = figure.add_subplot()
    for place, (recipe, values) in enumerate(f1.items()):
        middles = np.arange(len(ordered)) + (place - (len(f1) - 1) / 2) * thick
        axes.barh(
            middles,
            [values[label] for label in ordered],
            thick,
            color=COLOURS[place % len(COLOURS)],
            label=wrapped(recipe),
        )
    names = [wrapped(f"{label} ({training[label]})") for label in ordered]
    axes.set_yticks(range(len(ordered)), names, fontsize=SMALL)
    for label, tick in zip(ordered, axes.get_yticklabels(), strict=True):
        tick.set_fontweight("bold" if label in rare else "normal")
    axes.set(xlim=(0, 1), ylim=(len(ordered) - 0.4, -0.6), xlabel="F1")
    axes.set_title("F1 by species (training recordings; rare ones bold)")
    figure.legend(loc="outside lower center", ncols=min(len(f1), 3), fontsize=SMALL)
    return figure
