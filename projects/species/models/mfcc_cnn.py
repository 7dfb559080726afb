"""The baseline: mel-frequency cepstral coefficients and a small convolutional network.

What the seed calls its Phase 2B (seeds/audio_feature_engineering.md). The coefficients are a
linear map of the log-mel spectrogram, so they are the network's first layer: it takes the same
features as every other network, and is augmented alike.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torchaudio.functional import create_dct
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from projects.errors import UserError
from projects.species.models.labels import label_names

CHANNELS = (32, 64, 128, 128)
"""Of the convolutions; each but the last halves both sides of the image."""


class MfccCnnConfig(PreTrainedConfig):
    """Sizes of the network."""

    model_type = "syrinx-mfcc-cnn"

    mels: int = 128
    coefficients: int = 40
    dropout: float = 0.0


class MfccCnn(PreTrainedModel):
    """Takes (clips, frames, mels), gives logits (clips, labels)."""

    config_class = MfccCnnConfig
    main_input_name = "input_values"

    def __init__(self, config: MfccCnnConfig) -> None:
        """Random weights, drawn from torch's global generator."""
        super().__init__(config)
        # Kept with the weights: a model is read back without its constructor's values.
        self.register_buffer("dct", create_dct(config.coefficients, config.mels, norm="ortho"))
        self.scale = nn.BatchNorm1d(config.coefficients)
        sides = zip((1, *CHANNELS), CHANNELS, strict=False)
        blocks = [_block(before, after) for before, after in sides]
        halves = [nn.MaxPool2d(2, ceil_mode=True) for _ in blocks[1:]]
        self.convolutions = nn.Sequential(
            *(layer for pair in zip(blocks, halves, strict=False) for layer in pair), blocks[-1]
        )
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(CHANNELS[-1], config.num_labels)
        self.post_init()

    def coefficients(self, input_values: Tensor) -> Tensor:
        """Mel-frequency cepstral coefficients, (clips, frames, coefficients).

        The orthonormal type-II cosine transform of the log energies of a frame (Davis and
        Mermelstein 1980), of features that were normalised a clip, and so up to a factor and to
        a constant in the first coefficient.

        Args:
            input_values: (clips, frames, mels).
        """
        return input_values @ self.dct

    def forward(self, input_values: Tensor, **_: Any) -> SequenceClassifierOutput:
        """Logits of normalised log energies (clips, frames, mels)."""
        scaled = self.scale(self.coefficients(input_values).transpose(1, 2))
        pooled = self.convolutions(scaled[:, None]).mean(dim=(2, 3))
        return SequenceClassifierOutput(logits=self.classifier(self.dropout(pooled)))

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        """Layers keep what they were made with."""


def build_mfcc_cnn(
    labels: list[str], mels: int, *, coefficients: int, dropout: float = 0.0
) -> MfccCnn:
    """Builds the baseline with random weights, drawn from torch's global generator.

    Args:
        labels: Class names in the order of the logits.
        mels: Mel bands of a clip.
        coefficients: Cepstral coefficients that are kept, at most `mels`.
        dropout: Share of the pooled channels dropped in training, 0 to below 1.

    Raises:
        UserError: The settings make no network.
    """
    if not 1 <= coefficients <= mels:
        raise UserError(
            f"MFCC: expected 1 to {mels} coefficients of {mels} mel bands, got {coefficients}"
        )
    return MfccCnn(
        MfccCnnConfig(mels=mels, coefficients=coefficients, dropout=dropout, **label_names(labels))
    )


def _block(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )
