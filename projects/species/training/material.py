"""What a network is trained on, gathered from the store, and a look at it."""

from dataclasses import dataclass

import mlflow
import pandas as pd

from projects.audio.splits import TRAIN, VALIDATION
from projects.audio.store import FeatureStore
from projects.species.augmentation.figure import augmentation_figure
from projects.species.front_ends import FrontEnd
from projects.species.training.batches import (
    Augment,
    Clips,
    Plain,
    Stack,
    background_bank,
)
from projects.species.training.config import TrainConfig

SHOWN_CLIPS = 6


@dataclass(frozen=True)
class Material:
    """What a network is trained on.

    Attributes:
        train: Training clips.
        validation: Validation clips, by which the best epoch is chosen.
        stack: Gathers clips into a batch of log energies.
        augment: Makes a training input of such a batch.
        plain: Makes an evaluation input of such a batch.
        labels: Number of labels.
    """

    train: Clips
    validation: Clips
    stack: Stack
    augment: Augment
    plain: Plain
    labels: int


def gather_material(
    config: TrainConfig,
    front_end: FrontEnd,
    store: FeatureStore,
    split: pd.DataFrame,
    labels: list[str],
) -> Material:
    """Training and validation clips with their batches; the test set is not touched.

    Args:
        config: Augmentation.
        front_end: Of the store.
        store: Holds the features.
        split: Recordings with `audio` digest and `split`.
        labels: In the order of the targets.
    """
    train = split[split["split"] == TRAIN]
    validation = split[split["split"] == VALIDATION]
    bank = background_bank(store, train, front_end) if config.noise_probability else None
    return Material(
        train=Clips(store, train, labels),
        validation=Clips(store, validation, labels),
        stack=Stack(len(labels)),
        augment=Augment(config, front_end, bank),
        plain=Plain(front_end),
        labels=len(labels),
    )


def log_augmentation(material: Material) -> None:
    """Logs a figure of a few training clips beside what augmentation makes of them."""
    shown = range(min(SHOWN_CLIPS, len(material.train)))
    batch = material.stack([material.train[index] for index in shown])
    original = material.plain(batch)["input_values"]
    augmented = material.augment(batch)["input_values"]
    figure = augmentation_figure(original, augmented, SHOWN_CLIPS)
    mlflow.log_figure(figure, "training/augmentation.png")
