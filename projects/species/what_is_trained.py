"""Everything that a trained network depends on, to go on with it and to tell recipes apart."""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd

from projects.audio.digests import audio_digests
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
    settings = config.what_is_trained()
    return {
        "settings": settings | _checkpoint(settings.get("pretrained")),
        "features": VERSION,
        "split": split[["audio", "label", "split"]].to_csv(),
    }


def without_seed(what: dict[str, Any]) -> dict[str, Any]:
    """What trainings share that differ by their seed only.

    Args:
        what: As of `what_is_trained`.
    """
    settings = {name: value for name, value in what["settings"].items() if name != "seed"}
    return {**what, "settings": settings}


def log_recipe(network: str, what: dict[str, Any]) -> None:
    """Tags the active run so that trainings which differ by their seed only are found together.

    Args:
        network: What people call it.
        what: All that decides it but its seed, as JSON values.
    """
    mlflow.set_tags({NETWORK: network, RECIPE: digest_of(what)})


def _checkpoint(source: str | None) -> dict[str, str]:
    """A folder by what is in it: other weights may lie there tomorrow."""
    if source is None or not Path(source).is_dir():
        return {}
    files = sorted(path for path in Path(source).iterdir() if path.is_file())
    digests = zip((path.name for path in files), audio_digests(files), strict=True)
    return {"pretrained": digest_of(dict(digests))}
