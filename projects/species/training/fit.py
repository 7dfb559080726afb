"""A training from its start, or where it was broken off, to the network of its best epoch."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from transformers import PreTrainedModel, PrinterCallback, set_seed
from transformers.trainer_callback import TrainerState

from projects.audio.atomic import write_text
from projects.species.training.checkpoints import last_whole_checkpoint
from projects.species.training.config import TrainConfig
from projects.species.training.curves import Log, curves
from projects.species.training.material import Material
from projects.species.training.trainer import SECONDS, trainer_of

FINISHED = "finished"
HISTORY = "history.json"


@dataclass(frozen=True)
class Fitted:
    """A trained network, its weights those of the best epoch.

    Attributes:
        folder: Holds it in the `save_pretrained` form.
        curves: Values by epoch.
        best_epoch: The epoch of the best macro F1 on validation, 1 the first.
        train_accuracy: On the training clips without augmentation.
        validation_accuracy: On the validation clips.
        parameters: Number of weights that were trained.
        seconds: That its epochs took, before a kill included.
    """

    folder: Path
    curves: dict[int, dict[str, float]]
    best_epoch: int
    train_accuracy: float
    validation_accuracy: float
    parameters: int
    seconds: float


def fit(
    config: TrainConfig,
    material: Material,
    build: Callable[[], PreTrainedModel],
    folder: Path,
    log: Log,
) -> Fitted:
    """Trains a network, or goes on where a killed training of the same folder stopped.

    Seeds are set before the network is built, and every random draw is restored with a
    checkpoint, so the same command gives the same network on the same machine's CPU.

    Args:
        config: Loss, rates, epochs.
        material: Clips and batches.
        build: Makes the network.
        folder: Keeps the state; the caller removes it when the result is safe.
        log: Takes each epoch's values and the epoch, those before a kill included.

    Returns:
        The network of the best epoch.
    """
    finished = folder / FINISHED
    was_finished = (finished / HISTORY).exists()
    if not was_finished:
        set_seed(config.seed)
        _train(config, material, build(), folder, log)
    history = json.loads((finished / HISTORY).read_text(encoding="utf-8"))
    epochs = {int(epoch): values for epoch, values in history["curves"].items()}
    if was_finished:
        # By a run that ended before its model was safe: this one would have no curves.
        for epoch, values in epochs.items():
            log(values, epoch)
    return Fitted(
        finished,
        epochs,
        history["best_epoch"],
        history["train_accuracy"],
        history["validation_accuracy"],
        history["parameters"],
        history["seconds"],
    )


def _train(
    config: TrainConfig, material: Material, model: PreTrainedModel, folder: Path, log: Log
) -> None:
    trainer = trainer_of(config, material, model, folder, log)
    trainer.remove_callback(PrinterCallback)
    checkpoint = last_whole_checkpoint(folder)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    epochs = curves(trainer.state.log_history)
    best = _best_epoch(trainer.state)
    history = {
        "curves": epochs,
        "best_epoch": best,
        "train_accuracy": trainer.predict(material.train).metrics["test_accuracy"],
        "validation_accuracy": epochs[best]["validation.accuracy"],
        "parameters": model.num_parameters(only_trainable=True),
        "seconds": sum(entry.get(SECONDS, 0.0) for entry in trainer.state.log_history),
    }
    finished = folder / FINISHED
    shutil.rmtree(finished, ignore_errors=True)
    model.save_pretrained(finished)
    write_text(finished / HISTORY, json.dumps(history))


def _best_epoch(state: TrainerState) -> int:
    steps = [entry for entry in state.log_history if entry["step"] == state.best_global_step]
    return round(steps[0]["epoch"])
