"""How a training went, in the active run."""

from collections.abc import Callable, Mapping

import mlflow
import pandas as pd

from evaluation.figures.training_curves import training_curves


def log_epoch(values: Mapping[str, float], epoch: int) -> None:
    """Logs one epoch's, or step's, values in one call."""
    mlflow.log_metrics(dict(values), step=epoch)


def log_curves(
    curves: Mapping[int, Mapping[str, float]],
    unit: str,
    drawn: Callable[[str], bool] = lambda name: True,
) -> None:
    """Logs all curves as a CSV, and those that are drawn as a figure.

    Args:
        curves: Epoch or step to values by name.
        unit: What the numbers count, "epoch" or "step".
        drawn: Which names are in the figure.
    """
    table = pd.DataFrame(curves).T.sort_index()
    mlflow.log_text(table.to_csv(index_label=unit), "training/curves.csv")
    shown = {name: list(table[name]) for name in table if drawn(name)}
    mlflow.log_figure(training_curves(shown), "training/curves.png")
