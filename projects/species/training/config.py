"""What every training entry point of a species classifier can be told."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator
from transformers import PreTrainedModel

from projects.audio.source import DataConfig
from projects.settings_file import SettingsFile
from projects.species.data import FeatureConfig, SplitConfig
from projects.species.front_ends import FrontEnd

WHERE_ONLY = frozenset({*DataConfig.model_fields, "config", "store", "model_name", "gate"})
"""Settings that do not change the trained network; the recordings do, whatever their path."""

SPLIT_ONLY = frozenset(SplitConfig.model_fields) - frozenset(FeatureConfig.model_fields)
"""Settings that say no more than a split does."""


class TrainConfig(SettingsFile, SplitConfig, ABC):
    """Augmentation, loss, optimiser and what is done with the result."""

    family: ClassVar[str]
    """What people call networks of this kind."""

    epochs: int = Field(90, ge=1, le=10_000, description="at most")
    patience: int = Field(30, ge=1, description="epochs without a better macro F1 before the end")
    batch_size: int = Field(16, ge=1, le=4096, description="clips")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="of the head, at its peak")
    backbone_learning_rate: float = Field(1e-3, gt=0, le=1, description="of the rest, at its peak")
    warmup_epochs: float = Field(5, ge=0, description="of linear warm-up before the cosine")
    weight_decay: float = Field(0.05, ge=0, le=10, description="of AdamW")
    gradient_clip: float = Field(1.0, gt=0, description="largest norm of the gradient")
    focal_gamma: float = Field(1.0, ge=0, le=10, description="0 for cross-entropy")
    class_weighting: bool = Field(True, description="weigh rare species more in the loss")

    mixup_alpha: float = Field(0.4, ge=0.01, description="of the Beta distribution")
    mixup_probability: float = Field(0.8, ge=0, le=1, description="share of clips mixed")
    frequency_mask: int = Field(15, ge=0, description="widest mask, mel bands")
    time_mask: int = Field(35, ge=0, description="longest mask, frames")
    masks: int = Field(2, ge=1, le=10, description="masks of each kind")
    spec_augment_probability: float = Field(0.8, ge=0, le=1, description="share of clips masked")
    time_shift_probability: float = Field(1.0, ge=0, le=1, description="share of clips rolled")
    frequency_shift: int = Field(4, ge=0, le=64, description="furthest shift, mel bands")
    noise_probability: float = Field(0.3, ge=0, le=1, description="share of clips made noisy")
    noise_snr_low: float = Field(3.0, ge=-20, le=60, description="dB")
    noise_snr_high: float = Field(30.0, ge=-20, le=60, description="dB")

    seed: int = Field(0, ge=0, lt=2**31, description="of the weights and the batches")
    gate: str = Field("default", description="a gate of evaluation/gates, or a YAML file")
    model_name: str = Field("species-classifier", pattern=r"^[^/:]+$", description="registered as")

    @model_validator(mode="after")
    def _ordered_snr(self) -> Self:
        if self.noise_snr_low > self.noise_snr_high:
            raise ValueError("noise_snr_low no higher than noise_snr_high")
        return self

    @abstractmethod
    def network(self, labels: list[str], front_end: FrontEnd) -> PreTrainedModel:
        """The network before training: all that differs from one training job to another.

        Args:
            labels: In the order of the logits.
            front_end: Of the clips.

        Raises:
            UserError: The settings make no network, or its checkpoint cannot be loaded.
        """

    @property
    def network_name(self) -> str:
        """Tells networks of a family apart."""
        return self.family

    def what_is_trained(self) -> dict[str, Any]:
        """The settings that, beside the split, change the trained network, as JSON values."""
        return self.model_dump(mode="json", exclude=set(WHERE_ONLY | SPLIT_ONLY))
