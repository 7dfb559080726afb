"""Clips with their features, and the batches that training and evaluation see."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import Dataset

from projects.audio.store import FeatureStore
from projects.species.augmentation.frequency_shift import FrequencyShift
from projects.species.augmentation.mixup import MixUp
from projects.species.augmentation.noise import BackgroundNoise, tile_to
from projects.species.augmentation.spec_augment import SpecAugment
from projects.species.augmentation.time_shift import TimeShift
from projects.species.front_ends import FrontEnd
from projects.species.front_ends.front_end import BACKGROUND, SEGMENT
from projects.species.training.config import TrainConfig


class Clip(TypedDict):
    """Log energies (frames, mels) of one segment and the index of its label."""

    log_energies: Tensor
    label: int


class Batch(TypedDict):
    """A network's input (clips, frames, mels) and target probabilities (clips, labels)."""

    input_values: Tensor
    labels: Tensor


class Clips(Dataset[Clip]):
    """The segments of some recordings, read from the store as they are asked for."""

    def __init__(
        self, store: FeatureStore, recordings: pd.DataFrame, labels: Sequence[str]
    ) -> None:
        """Takes the recordings, with their `audio` digest, in the order of the frame."""
        self._store = store
        self._audio = list(recordings["audio"])
        self.targets = [labels.index(label) for label in recordings["label"]]

    def __len__(self) -> int:
        """Number of clips."""
        return len(self._audio)

    def __getitem__(self, index: int) -> Clip:
        """One clip."""
        features = self._store.read(self._audio[index], SEGMENT)
        return {"log_energies": _tensor(features), "label": self.targets[index]}


def background_bank(
    store: FeatureStore, recordings: pd.DataFrame, front_end: FrontEnd
) -> Tensor | None:
    """Power of the low-activity stretches of some recordings.

    Returns:
        (backgrounds, frames, mels), each repeated to a segment's length; None without any.
    """
    stretches = [store.read(audio, BACKGROUND) for audio in recordings["audio"]]
    tiled = [tile_to(_tensor(s), front_end.frames) for s in stretches if s is not None]
    return front_end.power(torch.stack(tiled)) if tiled else None


class Stack:
    """Gathers clips into a batch of log energies and one-hot targets."""

    def __init__(self, labels: int) -> None:
        """Takes the number of labels."""
        self._labels = labels

    def __call__(self, clips: list[Clip]) -> Batch:
        """Stacks clips."""
        targets = torch.tensor([clip["label"] for clip in clips])
        return {
            "input_values": torch.stack([clip["log_energies"] for clip in clips]),
            "labels": torch.nn.functional.one_hot(targets, self._labels).float(),
        }


class Plain:
    """From a batch of log energies to a network's input: for validation."""

    def __init__(self, front_end: FrontEnd) -> None:
        """Takes the front end of the clips."""
        self._front_end = front_end

    def __call__(self, batch: Batch) -> Batch:
        """Normalises."""
        features = self._front_end.normalised(batch["input_values"])
        return {"input_values": features, "labels": batch["labels"]}


class Augment:
    """From a batch of log energies to a network's input, by noise, shifts, MixUp and masks."""

    def __init__(self, config: TrainConfig, front_end: FrontEnd, bank: Tensor | None) -> None:
        """Builds the augmentations that the configuration asks for.

        Args:
            config: Probabilities and sizes.
            front_end: Of the clips.
            bank: Background power, (backgrounds, frames, mels), from training recordings.
        """
        self._front_end = front_end
        self._bank = bank
        self._noise = BackgroundNoise(
            config.noise_probability, config.noise_snr_low, config.noise_snr_high
        )
        self._time_shift = TimeShift(config.time_shift_probability)
        self._frequency_shift = FrequencyShift(config.frequency_shift)
        self._mixup = MixUp(config.mixup_alpha, config.mixup_probability)
        self._masks = SpecAugment(
            config.frequency_mask, config.time_mask, config.masks, config.spec_augment_probability
        )

    def __call__(self, batch: Batch) -> Batch:
        """Augments and normalises."""
        log_energies = self._noisy(batch["input_values"])
        features = self._time_shift(self._front_end.normalised(log_energies))
        features = self._frequency_shift(features)
        features, targets = self._mixup(features, batch["labels"])
        return {"input_values": self._masks(features), "labels": targets}

    def _noisy(self, log_energies: Tensor) -> Tensor:
        if self._bank is None:
            return log_energies
        power = self._front_end.power(log_energies)
        return self._front_end.log_power(self._noise(power, self._bank.to(power.device)))


def _tensor(features: np.ndarray | None) -> Tensor:
    if features is None:
        raise ValueError("the store has the sound but not its segment")
    return torch.from_numpy(features).float()
