"""The seed's comparison table, and all numbers of a comparison as one table."""

from collections.abc import Callable, Sequence

import pandas as pd

from evaluation.bootstrap import Interval
from evaluation.comparison.cells import cell, count, duration, milliseconds, score
from evaluation.comparison.page import Table
from evaluation.comparison.paired import PairedTest
from evaluation.comparison.recipe import Recipe
from evaluation.comparison.results import Results

SCORES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "map": "mAP",
    "ece": "calibration (ece)",
}


COSTS: dict[str, tuple[str, Callable[[float], str]]] = {
    "epochs": ("epochs", count),
    "seconds": ("time", duration),
    "parameters": ("parameters", count),
    "latency": ("latency", milliseconds),
}


def score_table(results: Results) -> Table:
    """One row a recipe: scores with intervals, and costs with their range over the seeds."""
    header = ["row", "seeds", *SCORES.values(), *(title for title, _ in COSTS.values())]
    rows = [
        [
            recipe.label,
            recipe.seeds,
            *(cell(results.scores[recipe.label][metric], score) for metric in SCORES),
            *(cell(recipe.cost(name), shown) for name, (_, shown) in COSTS.items()),
        ]
        for recipe in results.section.recipes
    ]
    return Table(header, rows)


def all_numbers(found: Sequence[Results]) -> pd.DataFrame:
    """Every score, cost and difference, one a line.

    Returns:
        Columns `dataset`, `row`, `against` (empty but for a difference), `metric`, `value`,
        `lower`, `upper`, `p` and `p_adjusted`.
    """
    columns = ["dataset", "row", "against", "metric", "value", "lower", "upper", "p", "p_adjusted"]
    lines = [line for results in found for line in _lines(results)]
    return pd.DataFrame(lines).reindex(columns=columns)


def species_numbers(found: Sequence[Results]) -> pd.DataFrame:
    """F1 of every species and row, one a line, with its training and test recordings."""
    columns = ["dataset", "row", "species", "rare", "training", "test", "f1"]
    lines = [
        (
            results.section.dataset,
            label,
            species,
            species in results.rare,
            results.training[species],
            results.clips[species],
            value,
        )
        for results in found
        for label, of_recipe in results.f1.items()
        for species, value in of_recipe.items()
    ]
    return pd.DataFrame(lines, columns=columns)


def _lines(results: Results) -> list[dict[str, object]]:
    dataset = results.section.dataset
    lines = [
        {"dataset": dataset, "row": recipe.label, "against": "", **line}
        for recipe in results.section.recipes
        for line in _of_recipe(results, recipe)
    ]
    lines += [{"dataset": dataset, **line} for test in results.tests for line in _of_pair(test)]
    for gain in results.gains:
        if gain.difference:
            where = {"dataset": dataset, "row": gain.label, "against": results.reference}
            lines.append({**where, **_line("macro_f1 of rare species", gain.difference)})
    return lines


def _of_recipe(results: Results, recipe: Recipe) -> list[dict[str, object]]:
    costs = {name: recipe.cost(name) for name in (*COSTS, "size")}
    measured = {**results.scores[recipe.label], **costs}
    return [_line(name, each) for name, each in measured.items() if each]


def _of_pair(test: PairedTest) -> list[dict[str, object]]:
    pair = {"row": test.ours, "against": test.theirs}
    lines = [{**pair, **_line(name, each)} for name, each in test.differences.items()]
    tested = {"p": test.p, "p_adjusted": test.adjusted}
    return [line | tested if line["metric"] == "accuracy" else line for line in lines]


def _line(metric: str, each: Interval) -> dict[str, object]:
    return {"metric": metric, "value": each.value, "lower": each.lower, "upper": each.upper}
