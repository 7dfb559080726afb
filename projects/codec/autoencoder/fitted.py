"""The result of a training, in its folder."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from projects.audio.atomic import write_text
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.scores import Scores

HISTORY = "history.json"

Curves = dict[int, dict[str, float]]
"""Epoch, 1 the first, to what was measured there by name."""


@dataclass(frozen=True)
class Fitted:
    """A trained autoencoder, its weights those of the best epoch.

    Attributes:
        folder: Holds it in the `save_pretrained` form.
        curves: Values by epoch.
        best_epoch: The epoch of the lowest validation loss, 1 the first.
        train: Scores of the best epoch on the training TRs, no modality dropped.
        validation: Likewise, on the validation TRs.
    """

    folder: Path
    curves: Curves
    best_epoch: int
    train: Scores
    validation: Scores


def is_written(folder: Path) -> bool:
    """Whether a folder holds all that `write_fitted` writes."""
    return (folder / HISTORY).exists()


def write_fitted(fitted: Fitted, network: Autoencoder) -> None:
    """Writes a network, of the best epoch's weights, and how it came to be."""
    shutil.rmtree(fitted.folder, ignore_errors=True)
    network.save_pretrained(fitted.folder)
    history = asdict(fitted)
    del history["folder"]
    # Last, and whole: where it stands, the weights do.
    write_text(fitted.folder / HISTORY, json.dumps(history))


def read_fitted(folder: Path) -> Fitted:
    """Reads what `write_fitted` wrote."""
    history = json.loads((folder / HISTORY).read_text(encoding="utf-8"))
    curves = {int(epoch): values for epoch, values in history["curves"].items()}
    train, validation = (
        Scores(tuple(history[side]["loss"]), tuple(history[side]["accuracy"]))
        for side in ("train", "validation")
    )
    return Fitted(folder, curves, history["best_epoch"], train, validation)
