"""A training's curves, one value an epoch: handed on while it runs, and on the terminal."""

import logging
from collections.abc import Callable
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

logger = logging.getLogger(__name__)

NAMES = {
    "loss": "train.loss",
    "grad_norm": "train.gradient_norm",
    "eval_loss": "validation.loss",
    "eval_accuracy": "validation.accuracy",
    "eval_macro_f1": "validation.macro_f1",
}


Log = Callable[[dict[str, float], int], None]
"""Is told an epoch's values, and which epoch that is."""


class LogCurves(TrainerCallback):
    """Hands on each epoch's values in one call; after a resumption the earlier epochs too."""

    def __init__(self, log: Log) -> None:
        """Takes what the values and the epoch are handed to."""
        self._log = log
        self._logged = 0

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: Any,
    ) -> None:
        """Hands on the epochs that were not yet, and says how the last one went."""
        for epoch, values in curves(state.log_history).items():
            if epoch > self._logged:
                self._logged = epoch
                self._log(values, epoch)
        logger.info(
            "epoch %d of %d: training loss %.3f, validation accuracy %.3f, macro F1 %.3f",
            epoch,
            args.num_train_epochs,
            values["train.loss"],
            values["validation.accuracy"],
            values["validation.macro_f1"],
        )


def curves(log_history: list[dict[str, float]]) -> dict[int, dict[str, float]]:
    """Values by epoch, 1 the first, from the Trainer's own log."""
    epochs: dict[int, dict[str, float]] = {}
    for entry in log_history:
        values = {NAMES[key]: float(value) for key, value in entry.items() if key in NAMES}
        epochs.setdefault(round(entry["epoch"]), {}).update(values)
    return epochs
