"""The figures of one section of a comparison."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from matplotlib.figure import Figure

from evaluation.comparison.page import Picture
from evaluation.comparison.results import Results
from evaluation.figures.accuracy_progression import accuracy_progression
from evaluation.figures.recipe_accuracy import recipe_accuracy
from evaluation.figures.recipe_class_f1 import recipe_class_f1
from evaluation.gates.gate import Gate
from evaluation.gates.threshold import Threshold

RESOLUTION = 110
"""Dots an inch."""


def progress_pictures(results: Results, gates: Sequence[Gate], place: int) -> Iterator[Picture]:
    """Accuracy from recipe to recipe and, where there are epochs, from epoch to epoch.

    Args:
        results: Of the section.
        gates: Whose limits of accuracy are drawn.
        place: Of the section, for the names of the files.
    """
    accuracy = {label: scores["accuracy"] for label, scores in results.scores.items()}
    figure = recipe_accuracy(accuracy, accuracy_limits(gates))
    yield _picture(figure, f"{place}_accuracy.png", "Test accuracy from row to row")
    progress = {
        recipe.label: [network.progress for network in recipe.networks]
        for recipe in results.section.recipes
    }
    if any(network for networks in progress.values() for network in networks):
        shows = "Validation accuracy by epoch: thin each seed, thick their mean"
        yield _picture(accuracy_progression(progress), f"{place}_progression.png", shows)


def class_picture(results: Results, place: int) -> Picture:
    """F1 of every species and recipe."""
    figure = recipe_class_f1(results.f1, results.training, results.rare)
    shows = "F1 by species, those with most training recordings on top, rare ones in bold"
    return _picture(figure, f"{place}_class_f1.png", shows)


def accuracy_limits(gates: Sequence[Gate]) -> dict[str, float]:
    """Gate to the accuracy that it asks for; those that ask for a bound of it are left out."""
    return {
        gate.name: rule.pass_when.limit
        for gate in gates
        for rule in gate.rules
        if isinstance(rule, Threshold) and (rule.metric, rule.bound) == ("accuracy", "value")
    }


def _picture(figure: Figure, file: str, shows: str) -> Picture:
    png = BytesIO()
    figure.savefig(png, format="png", dpi=RESOLUTION)
    return Picture(file, shows, png.getvalue())
