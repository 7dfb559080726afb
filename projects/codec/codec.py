"""A neural codec: sound to codes and back, exactly as the whole model would, in bounded memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from transformers import EncodecModel

from projects.codec import chunks
from projects.errors import UserError

PART = 4096
"""Frames that are quantised at once: distances to all entries take 16 MB."""


@dataclass(frozen=True)
class Codec:
    """An EnCodec model of one channel.

    Attributes:
        model: In evaluation mode.
        name: As it was asked for.
        digest: Of its weights and configuration, 16 hexadecimal digits.
        seen_audio: Digests of the recordings that it was trained or selected on, where known.
    """

    model: EncodecModel
    name: str
    digest: str
    seen_audio: frozenset[str] = frozenset()

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return int(self.model.config.sampling_rate)

    @property
    def hop(self) -> int:
        """Samples a frame."""
        return int(self.model.config.hop_length)

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        return self.sample_rate / self.hop

    @property
    def codebook_size(self) -> int:
        """Entries of a codebook."""
        return int(self.model.config.codebook_size)

    @property
    def bandwidths(self) -> tuple[float, ...]:
        """Bit rates that the codec was made for, kbit/s."""
        return tuple(self.model.config.target_bandwidths)

    @cached_property
    def tables(self) -> torch.Tensor:
        """The codebooks' entries, (codebooks, entries, dimensions)."""
        return torch.stack([layer.codebook.embed for layer in self.model.quantizer.layers])

    def codebooks(self, bandwidth: float) -> int:
        """How many codebooks a bit rate buys: frame rate times log2(entries) bits each.

        Raises:
            UserError: A bit rate that the codec was not made for.
        """
        if bandwidth not in self.bandwidths:
            known = ", ".join(f"{known:g}" for known in self.bandwidths)
            raise UserError(f"bandwidth: {self.name} has {known} kbit/s, got {bandwidth:g}")
        return int(self.model.quantizer.get_num_quantizers_for_bandwidth(bandwidth))

    def kbps(self, codebooks: int) -> float:
        """Bit rate of a number of codebooks, kbit/s."""
        return codebooks * self.frame_rate * float(np.log2(self.codebook_size)) / 1000

    @torch.inference_mode()
    def encode(self, sounds: Sequence[np.ndarray], bandwidth: float) -> list[np.ndarray]:
        """Codes of sounds of any lengths, encoded side by side.

        Args:
            sounds: Each (n,) float32 at the codec's rate, at least one sample.
            bandwidth: kbit/s.

        Returns:
            For each (codebooks, ceil(n / hop)) int16.
        """
        count = self.codebooks(bandwidth)
        encoder = self.model.encoder.layers
        latents = chunks.downsampled(encoder, [self._whole_frames(sound) for sound in sounds])
        return [
            np.concatenate(
                [self._quantised(part, count) for part in each.split(PART, dim=1)], axis=1
            )
            for each in latents
        ]

    @torch.inference_mode()
    def decode(self, codes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Sounds of codes; each (codebooks, frames) gives (frames * hop,) float32."""
        latents = [self.latents(each) for each in codes]
        return [sound.numpy() for sound in chunks.upsampled(self.model.decoder.layers, latents)]

    def given_back(self, samples: np.ndarray, bandwidth: float) -> np.ndarray:
        """What comes back of (n,) float32 samples at a bandwidth in kbit/s, as many."""
        (made,) = self.decode(self.encode([samples], bandwidth))
        return made[: len(samples)]

    def latents(self, codes: np.ndarray) -> torch.Tensor:
        """What codes stand for: the sum of their entries.

        Args:
            codes: (codebooks, frames) of integers in [0, codebook_size).

        Returns:
            (dimensions, frames) float32.

        Raises:
            UserError: A code that is not an integer or names no entry, or too many codebooks.
        """
        if not np.issubdtype(codes.dtype, np.integer):
            raise UserError(f"expected codes, which are integers, got {codes.dtype}")
        if codes.ndim != 2 or not 1 <= len(codes) <= len(self.tables):
            raise UserError(
                f"expected codes of 1 to {len(self.tables)} codebooks by frames, got {codes.shape}"
            )
        if codes.size and not (codes.min() >= 0 and codes.max() < self.codebook_size):
            raise UserError(
                f"expected codes from 0 to {self.codebook_size - 1}, "
                f"got {codes.min()} to {codes.max()}"
            )
        rows = torch.from_numpy(codes.astype(np.int64))
        tables = self.tables[: len(codes)]
        return sum(table[row] for table, row in zip(tables, rows, strict=True)).T

    def _whole_frames(self, sound: np.ndarray) -> torch.Tensor:
        samples = torch.from_numpy(np.ascontiguousarray(sound, dtype=np.float32))
        return torch.nn.functional.pad(samples, (0, -len(samples) % self.hop))

    def _quantised(self, latent: torch.Tensor, count: int) -> np.ndarray:
        residual = latent.T
        codes = []
        for layer in self.model.quantizer.layers[:count]:
            indices = layer.codebook.quantize(residual)
            residual = residual - layer.codebook.decode(indices)
            codes.append(indices)
        return torch.stack(codes).numpy().astype(np.int16)
