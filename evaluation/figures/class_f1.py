"""Which classes do well and which badly."""

from matplotlib.figure import Figure

from evaluation.classification import per_class_table
from evaluation.figures.style import COLOURS, SMALL
from evaluation.predictions import Predictions


def class_f1(predictions: Predictions) -> Figure:
    """Draws the F1 of each present class as a bar, best on top, with its number of clips.

    Args:
        predictions: The clips.

    Returns:
        The figure; its title counts the classes without clips, which have no F1.
    """
    table = per_class_table(predictions)
    present = table[table["support"] > 0].sort_values("f1", kind="stable")
    figure = Figure(figsize=(8, 1.5 + 0.16 * len(present)), layout="constrained")
    axes = figure.add_subplot()
    names = [f"{row.label} ({row.support})" for row in present.itertuples()]
    bars = axes.barh(range(len(present)), present["f1"], color=COLOURS[0])
    axes.bar_label(bars, fmt="%.2f", fontsize=SMALL, padding=2)
    axes.set_yticks(range(len(present)), names, fontsize=SMALL)
    mean = present["f1"].mean()
    axes.axvline(mean, color=COLOURS[1], linestyle="--", zorder=0)
    axes.set(xlim=(0, 1.08), ylim=(-0.7, len(present) - 0.3))
    axes.set_xlabel(f"F1 (dashed: macro F1 {mean:.3f})")
    absent = len(table) - len(present)
    axes.set_title(f"F1 by class (clips); {absent} classes without clips left out")
    return figure
