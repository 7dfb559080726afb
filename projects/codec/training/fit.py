"""A whole codec training: steps, validations, checkpoints, and going on from them."""

from collections.abc import Callable
from pathlib import Path

import torch
from tqdm import tqdm

from projects.checkpoint import load_checkpoint, save_checkpoint
from projects.codec.training.trainer import CodecTrainer
from projects.codec.training.validation import validate

CHECKPOINT = "checkpoint.pt"
VALIDATION_CLIPS = 24

Curves = dict[int, dict[str, float]]
"""Step to what was measured there by name."""


def fit(
    trainer: CodecTrainer,
    validation: torch.Tensor,
    folder: Path,
    log: Callable[[dict[str, float], int], None],
) -> Curves:
    """Trains to the last step, from the last checkpoint in the folder if there is one.

    Args:
        trainer: At its start.
        validation: (clips, samples) to measure on.
        folder: Of this training; the checkpoint is written there, whole or not at all.
        log: Takes each measurement and its step, those before a kill included.

    Returns:
        What was measured, by step.
    """
    config = trainer.config
    curves = _restored(trainer, folder / CHECKPOINT)
    for step, measured in curves.items():
        log(measured, step)
    losses: list[dict[str, float]] = []
    with tqdm(total=config.steps, initial=trainer.step_done, desc="training", unit="step") as bar:
        while trainer.step_done < config.steps:
            losses.append(trainer.step())
            bar.update()
            if trainer.step_done % config.validate_every and trainer.step_done != config.steps:
                continue
            means = {f"train.{name}": _mean(losses, name) for name in losses[-1]}
            measured = validate(trainer, validation)
            measured = means | {f"validation.{name}": value for name, value in measured.items()}
            losses.clear()
            curves[trainer.step_done] = measured
            log(measured, trainer.step_done)
            state = {"trainer": trainer.state(), "curves": curves}
            save_checkpoint(folder / CHECKPOINT, state)
            bar.set_postfix_str(f"SI-SDR {measured['validation.si_sdr.unquantised']:.1f} dB")
    return curves


def _restored(trainer: CodecTrainer, path: Path) -> Curves:
    saved = load_checkpoint(path)
    if saved is None:
        return {}
    trainer.restore(saved["trainer"])
    return saved["curves"]


def _mean(losses: list[dict[str, float]], name: str) -> float:
    values = [loss[name] for loss in losses if name in loss]
    return sum(values) / len(values)
