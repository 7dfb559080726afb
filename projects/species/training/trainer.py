"""Transformers' Trainer with our batches, loss and rates."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import f1_score
from torch import Tensor
from torch.utils.data import RandomSampler
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PreTrainedModel,
    Trainer,
    TrainingArguments,
)

from projects.species.losses import class_weights, focal_loss
from projects.species.models.parameter_groups import parameter_groups
from projects.species.schedule import warmup_cosine
from projects.species.training.batches import Batch, Clips
from projects.species.training.config import TrainConfig
from projects.species.training.curves import Log, LogCurves
from projects.species.training.material import Material

SECONDS = "epoch_seconds"
"""In the log history, with each epoch's loss."""


class _Trainer(Trainer):
    """Trains on augmented batches and evaluates on plain ones.

    Augmentation belongs to the step, not to the loader: on a resumption the Trainer restores
    the random state only after it has fetched the first batch.
    """

    def __init__(self, material: Material, **kwargs: Any) -> None:
        super().__init__(
            train_dataset=material.train,
            eval_dataset=material.validation,
            data_collator=material.stack,
            **kwargs,
        )
        self._material = material
        self._since = time.perf_counter()

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Notes with each epoch's loss how long it took; a checkpoint keeps the notes."""
        if "loss" in logs:
            now = time.perf_counter()
            logs[SECONDS], self._since = now - self._since, now
        super().log(logs, *args, **kwargs)

    def _get_train_sampler(self, train_dataset: Clips | None = None) -> RandomSampler:
        clips = self._material.train
        kept = _clips_an_epoch(len(clips), self.args.train_batch_size)
        return RandomSampler(clips, num_samples=kept)

    def training_step(
        self, model: PreTrainedModel, inputs: Batch, num_items_in_batch: Any = None
    ) -> Tensor:
        return super().training_step(model, self._material.augment(inputs), num_items_in_batch)

    def prediction_step(
        self, model: PreTrainedModel, inputs: Batch, *args: Any, **kwargs: Any
    ) -> Any:
        return super().prediction_step(model, self._material.plain(inputs), *args, **kwargs)

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        # The Trainer reads a checkpoint back without renaming weights, so those of AST, saved
        # under their published names, would silently stay random.
        self.model.save_pretrained(
            output_dir or self.args.output_dir, state_dict=state_dict, save_original_format=False
        )


def trainer_of(
    config: TrainConfig, material: Material, model: PreTrainedModel, folder: Path, log: Log
) -> Trainer:
    """What trains a network as a configuration says.

    Args:
        config: Of the training.
        material: What it is trained and validated on.
        model: Is trained in place.
        folder: For checkpoints.
        log: Is told each epoch's values.
    """
    backbone, head = parameter_groups(model)
    optimizer = torch.optim.AdamW(
        [
            {"params": backbone, "lr": config.backbone_learning_rate},
            {"params": head, "lr": config.learning_rate},
        ],
        weight_decay=config.weight_decay,
    )
    arguments = _arguments(config, folder)
    clips = _clips_an_epoch(len(material.train), arguments.train_batch_size)
    steps = math.ceil(clips / arguments.train_batch_size)
    warmup = min(round(config.warmup_epochs * steps), config.epochs * steps - 1)
    return _Trainer(
        material,
        model=model,
        args=arguments,
        compute_loss_func=_loss(config, material),
        compute_metrics=_scores,
        optimizers=(optimizer, warmup_cosine(optimizer, warmup, config.epochs * steps)),
        callbacks=[EarlyStoppingCallback(config.patience), LogCurves(log)],
    )


def _clips_an_epoch(clips: int, batch_size: int) -> int:
    """All but one, drawn anew each epoch, where a last batch of one clip would be left.

    It has no variance, by which networks that normalise pooled features divide.
    """
    return clips - 1 if clips > batch_size and clips % batch_size == 1 else clips


def _arguments(config: TrainConfig, folder: Path) -> TrainingArguments:
    on_gpu = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=max(config.batch_size, 32),
        max_grad_norm=config.gradient_clip,
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="macro_f1",
        greater_is_better=True,
        remove_unused_columns=False,
        label_names=["labels"],
        seed=config.seed,
        use_cpu=not on_gpu,
        bf16=on_gpu,
        report_to="none",
        disable_tqdm=True,
        restore_callback_states_from_checkpoint=True,
    )


def _loss(config: TrainConfig, material: Material) -> Callable[..., Tensor]:
    counts = torch.bincount(torch.tensor(material.train.targets), minlength=material.labels)
    weights = class_weights(counts) if config.class_weighting else None

    def loss(outputs: dict, labels: Tensor, **_: object) -> Tensor:
        device_weights = None if weights is None else weights.to(labels.device)
        return focal_loss(outputs["logits"], labels, config.focal_gamma, device_weights)

    return loss


def _scores(evaluated: EvalPrediction) -> dict[str, float]:
    truth = np.argmax(evaluated.label_ids, axis=1)
    predicted = np.argmax(evaluated.predictions, axis=1)
    return {
        "accuracy": float((truth == predicted).mean()),
        "macro_f1": f1_score(
            truth, predicted, average="macro", labels=np.unique(truth), zero_division=0
        ),
    }
