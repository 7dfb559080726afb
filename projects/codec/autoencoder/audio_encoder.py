"""From the codes of a TR to its audio features."""

import torch
from torch import Tensor, nn

from projects.codec.autoencoder.network_config import BINS, AutoencoderNetworkConfig

KERNELS = (3, 5, 7)
"""Frames that the parallel convolutions see: 40 to 93 ms at 75 Hz."""

STRIDE = 2
"""Frames from one place of a convolution to the next: half the work, and no frame is left out."""


class AudioEncoder(nn.Module):
    """Embeds codes, convolves them at three scales and averages them over a few time bins."""

    def __init__(self, config: AutoencoderNetworkConfig) -> None:
        """Takes the sizes."""
        super().__init__()
        self.embeddings = nn.ModuleList(
            nn.Embedding(config.entries, config.embedding_size) for _ in range(config.codebooks)
        )
        channels = config.codebooks * config.embedding_size
        self.convolutions = nn.ModuleList(
            nn.Conv1d(channels, config.width, kernel, STRIDE, padding=kernel // 2)
            for kernel in KERNELS
        )
        self.activation = nn.GELU()
        # The same for each bin: a sound is learnt wherever in the TR it was, from few TRs.
        self.compress = nn.Linear(len(KERNELS) * config.width, config.audio_size // BINS)
        self.norm = nn.LayerNorm(config.audio_size)

    def forward(self, codes: Tensor, mask: Tensor) -> Tensor:
        """Audio features of TRs.

        Args:
            codes: (batch, codebooks, frames) integers; below the mask any entry.
            mask: (batch, frames) bool, False where a TR is padded.

        Returns:
            (batch, audio_size).
        """
        embedded = self._embedded(codes) * mask[:, None]
        scales = [self.activation(convolve(embedded)) for convolve in self.convolutions]
        means = binned_means(torch.cat(scales, dim=1), mask[:, ::STRIDE])
        return self.norm(self.compress(means.transpose(1, 2)).flatten(1))

    def _embedded(self, codes: Tensor) -> Tensor:
        """(batch, codebooks * embedding_size, frames)."""
        each = [embed(codes[:, book].long()) for book, embed in enumerate(self.embeddings)]
        return torch.cat(each, dim=2).transpose(1, 2)


def binned_means(features: Tensor, mask: Tensor) -> Tensor:
    """Averages features over even stretches of time, padding left out.

    Args:
        features: (batch, channels, frames).
        mask: (batch, frames) bool.

    Returns:
        (batch, channels, BINS); 0 for a stretch that is all padding.
    """
    frames = mask.shape[1]
    bin_of_frame = torch.arange(frames, device=mask.device) * BINS // frames
    belongs = nn.functional.one_hot(bin_of_frame, BINS) * mask[..., None]
    weights = belongs / belongs.sum(dim=1, keepdim=True).clamp(min=1)
    return features @ weights.to(features.dtype)
