"""Everything that a trained network depends on, to go on with it and to tell recipes apart."""

from typing import Any

import mlflow
import pandas as pd

from projects.held_folder import digest_of
from projects.species.front_ends.front_end import VERSION
from projects.species.training.config import TrainConfig

NETWORK, RECIPE = "network", "recipe"
"""Tags of a training's run: what people call it, and what it shares with its other seeds."""


def what_is_trained(config: TrainConfig, split: pd.DataFrame) -> dict[str, Any]:
    """All that decides the weights, as JSON values.

    Args:
        config: Of the training.
        split: Recordings with their `audio` digest and `split`.
    """
    return {
        "settings": config.what_is_trained(),
        "features": VERSION,
        "split": split[["audio", "label", "split"]].to_csv(),
    }


def log_recipe(network: str, what: dict[str, Any]) -> None:
    """Tags the active run so that trainings which differ by their seed only are found together.

    Args:
        network: What people call it.
        what: All that decides it but its seed, as JSON values.
    """
    mlflow.set_tags({NETWORK: network, RECIPE: digest_of(what)})
