"""The autoencoder: codes, and video and text where there are, to a bottleneck and back to codes."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.utils import ModelOutput

from projects.codec.autoencoder.audio_decoder import AudioDecoder
from projects.codec.autoencoder.audio_encoder import AudioEncoder
from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.errors import UserError


@dataclass
class AutoencoderOutput(ModelOutput):
    """What the autoencoder makes of a batch of TRs.

    Attributes:
        predicted: (batch, codebooks, entries, frames) logits, or (batch, codebooks, frames) codes
            as numbers, as the loss asks.
        bottleneck: (batch, bottleneck).
    """

    predicted: Tensor = None  # type: ignore[assignment]
    bottleneck: Tensor = None  # type: ignore[assignment]


class Autoencoder(PreTrainedModel):
    """Compresses TRs into a bottleneck and predicts their codes from it."""

    config_class = AutoencoderNetworkConfig

    def __init__(self, config: AutoencoderNetworkConfig) -> None:
        """Takes the sizes; weights start from torch's random state."""
        super().__init__(config)
        self.audio_encoder = AudioEncoder(config)
        self.absent = nn.ParameterDict(
            {name: nn.Parameter(torch.zeros(size)) for name, size in _sizes(config).items() if size}
        )
        joined = config.audio_size + config.video_size + config.text_size
        self.compress = nn.Sequential(
            nn.Linear(joined, config.bottleneck), nn.LayerNorm(config.bottleneck), nn.GELU()
        )
        self.audio_decoder = AudioDecoder(config)
        self.post_init()

    def forward(
        self,
        codes: Tensor,
        mask: Tensor,
        video: Tensor | None = None,
        text: Tensor | None = None,
        places: Tensor | None = None,
    ) -> AutoencoderOutput:
        """Encodes and decodes TRs.

        Args:
            codes: (batch, codebooks, frames) integers in [0, entries).
            mask: (batch, frames) bool, False where a TR is padded.
            video: (batch, video_size) of about unit variance; a row of NaN has none. None where
                no TR has any.
            text: (batch, text_size), likewise.
            places: (some,) integers, the frames that are predicted; None for all.

        Raises:
            UserError: Features of a modality that the network was built without.
        """
        joined = [self.audio_encoder(codes, mask)]
        for name, features in {"video": video, "text": text}.items():
            if name in self.absent:
                joined.append(self._filled(name, features, len(codes)))
            elif features is not None:
                raise UserError(f"{name}: expected none, for the autoencoder has none, got some")
        bottleneck = self.compress(torch.cat(joined, dim=1))
        return AutoencoderOutput(self.audio_decoder(bottleneck, places), bottleneck)

    def predicted_codes(self, output: AutoencoderOutput) -> Tensor:
        """(batch, codebooks, frames) int64: the likeliest entries, or the nearest ones."""
        if self.config.loss == "cross_entropy":
            return output.predicted.argmax(dim=2)
        return output.predicted.round().long().clamp(0, self.config.entries - 1)

    def _filled(self, name: str, features: Tensor | None, count: int) -> Tensor:
        """Features with what was learnt for their absence where there are none."""
        absent = self.absent[name].expand(count, -1)
        return absent if features is None else torch.where(features.isnan(), absent, features)

    def _init_weights(self, module: Any) -> None:
        """Keeps torch's own start: transformers' is made for transformers, and too small here."""


def _sizes(config: AutoencoderNetworkConfig) -> dict[str, int]:
    return {"video": config.video_size, "text": config.text_size}
