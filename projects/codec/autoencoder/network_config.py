"""Sizes of the autoencoder, as they stand in its `config.json`."""

from typing import Any

from transformers import PreTrainedConfig

from projects.errors import UserError

BINS = 8
"""Stretches of a TR that are averaged apart. One mean over all frames would be the same for the
frames in any order, and no decoder could tell when in the TR a sound was."""

LOSSES = ("cross_entropy", "regression")

SMALLEST_TO_LARGEST = {
    "codebooks": (1, 32),
    "entries": (2, 32_768),
    "frames": (1, 10_000),
    "embedding_size": (1, 1024),
    "width": (1, 4096),
    "audio_size": (BINS, 8192),
    "bottleneck": (1, 16_384),
    "video_size": (0, 16_384),
    "text_size": (0, 16_384),
}
"""Entries fit the int16 that codes are stored in; the rest are bounds against a slip."""


class AutoencoderNetworkConfig(PreTrainedConfig):
    """Sizes of the autoencoder.

    Attributes:
        codebooks: Of the codec at its bit rate, 1 to 32.
        entries: Of a codebook.
        frames: Of the widest TR, 113 for 1.5 s at 75 Hz.
        embedding_size: Dimensions that an entry of a codebook is embedded in.
        width: Channels of each convolution.
        audio_size: Audio features of a TR, a multiple of 8.
        bottleneck: Features that everything a TR has goes through.
        video_size: Video features of a TR; 0 for none.
        text_size: Text features of a TR; 0 for none.
        loss: What is predicted: "cross_entropy" a distribution over entries, "regression" the
            code as a number, as the seed first had it.

    Source: seeds/encodec_integration.md, "Key Dimensions".
    """

    model_type = "syrinx-codec-autoencoder"

    codebooks: int = 8
    entries: int = 1024
    frames: int = 113
    embedding_size: int = 64
    width: int = 128
    audio_size: int = 256
    bottleneck: int = 2048
    video_size: int = 0
    text_size: int = 0
    loss: str = "cross_entropy"

    def __post_init__(self, **kwargs: Any) -> None:
        """Refuses sizes that no network can have.

        Raises:
            UserError: A size is out of range, or the loss is unknown.
        """
        for name, (smallest, largest) in SMALLEST_TO_LARGEST.items():
            value = getattr(self, name)
            if not smallest <= value <= largest:
                raise UserError(f"{name}: expected {smallest} to {largest}, got {value}")
        if self.audio_size % BINS:
            raise UserError(f"audio_size: expected a multiple of {BINS}, got {self.audio_size}")
        if self.loss not in LOSSES:
            raise UserError(f"loss: expected {' or '.join(LOSSES)}, got {self.loss!r}")
        super().__post_init__(**kwargs)
