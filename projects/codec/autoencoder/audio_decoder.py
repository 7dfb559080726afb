"""From the bottleneck back to the codes of a TR."""

from itertools import pairwise

from torch import Tensor, nn

from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig

DOUBLINGS = 3
"""Of the time steps that the bottleneck is spread over: 15 for 113 frames."""


class AudioDecoder(nn.Module):
    """Spreads the bottleneck over a few time steps and doubles them until each is a frame."""

    def __init__(self, config: AutoencoderNetworkConfig) -> None:
        """Takes the sizes."""
        super().__init__()
        self.config = config
        steps = -(-config.frames // 2**DOUBLINGS)
        self.spread = nn.Linear(config.bottleneck, config.width * steps)
        # As narrow at the end as the embeddings: the heads are most of the work.
        channels = [config.width] * DOUBLINGS + [config.embedding_size]
        self.doublings = nn.Sequential(*(_doubled(*pair) for pair in pairwise(channels)))
        self.norm = nn.LayerNorm(config.embedding_size)
        # The heads of all codebooks, side by side in one product.
        outputs = config.entries if config.loss == "cross_entropy" else 1
        self.heads = nn.Linear(config.embedding_size, config.codebooks * outputs)

    def forward(self, bottleneck: Tensor, places: Tensor | None = None) -> Tensor:
        """Predicts codes.

        Args:
            bottleneck: (batch, bottleneck).
            places: (some,) integers, the frames that are predicted; None for all.

        Returns:
            (batch, codebooks, entries, frames) logits with the loss "cross_entropy", or
            (batch, codebooks, frames) in [0, entries - 1] with "regression".
        """
        config = self.config
        steps = self.spread(bottleneck).unflatten(1, (config.width, -1))
        frames = self.doublings(steps)[..., : config.frames].transpose(1, 2)
        if places is not None:
            frames = frames[:, places]
        # Entries last in memory, where the softmax over them is quickest.
        predicted = (
            self.heads(self.norm(frames)).unflatten(2, (config.codebooks, -1)).permute(0, 2, 3, 1)
        )
        if config.loss == "cross_entropy":
            return predicted
        return predicted.squeeze(2).sigmoid() * (config.entries - 1)


def _doubled(channels: int, channels_out: int) -> nn.Module:
    """A convolution to twice the time steps; without the norm the signal fades on the way."""
    return nn.Sequential(
        nn.GroupNorm(1, channels),
        nn.GELU(),
        nn.ConvTranspose1d(channels, channels_out, 4, stride=2, padding=1),
    )
