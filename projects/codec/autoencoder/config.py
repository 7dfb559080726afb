"""How the autoencoder is trained."""

from typing import Literal

from pydantic import Field

from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.codec.autoencoder.samples import TrSamples
from projects.config import Config


class AutoencoderConfig(Config):
    """Sizes, loss and optimiser of the autoencoder."""

    embedding_size: int = Field(64, ge=1, le=1024, description="of a codebook's entry")
    bottleneck: int = Field(2048, ge=1, le=16_384, description="features a TR goes through")
    width: int = Field(128, ge=1, le=4096, description="channels of each convolution")
    loss: Literal["cross_entropy", "regression"] = Field(
        "cross_entropy", description="cross_entropy over entries, or the seed's regression on codes"
    )
    epochs: int = Field(20, ge=1, le=10_000, description="at most")
    patience: int = Field(5, ge=1, description="epochs without a better validation loss")
    batch_size: int = Field(16, ge=1, le=4096, description="TRs a batch")
    learning_rate: float = Field(2e-3, gt=0, le=1, description="at its peak; cosine to zero")
    weight_decay: float = Field(0.05, ge=0, le=10, description="of AdamW")
    modality_dropout: float = Field(
        0.5, ge=0, le=1, description="share of TRs that video, and text, is kept from in training"
    )
    seed: int = Field(0, ge=0, lt=2**31, description="of the weights and the batches")

    def network_config(self, samples: TrSamples, entries: int = 1024) -> AutoencoderNetworkConfig:
        """The network's sizes: as set here, and as the samples have them.

        Args:
            samples: Any part of the data.
            entries: Of a codebook.
        """
        _, codebooks, frames = samples.codes.shape
        return AutoencoderNetworkConfig(
            codebooks=codebooks,
            entries=entries,
            frames=frames,
            embedding_size=self.embedding_size,
            width=self.width,
            bottleneck=self.bottleneck,
            video_size=0 if samples.video is None else samples.video.shape[1],
            text_size=0 if samples.text is None else samples.text.shape[1],
            loss=self.loss,
        )
