"""Residual vector quantisation in training, on codebooks that end up in the codec."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import EncodecModel
from vector_quantize_pytorch import VectorQuantize

DECAY = 0.99
DEAD_SHARE = 0.1
"""An entry chosen by less than this share of its due is replaced by a vector of the batch."""


@dataclass(frozen=True)
class Quantised:
    """What the quantiser made of a batch.

    Attributes:
        latents: (batch, dimensions, frames); gradients pass straight through.
        commitment: Mean squared distance of the encoder's latents to their entries, summed over
            codebooks; a scalar.
    """

    latents: torch.Tensor
    commitment: torch.Tensor


class ResidualQuantiser(nn.Module):
    """Each codebook quantises what those before it left over.

    Entries are moving averages of what chose them, they start at the k-means of a first batch,
    and dead ones are revived (van den Oord et al. 2017; Zeghidour et al., SoundStream, 2021).
    """

    def __init__(
        self, codebooks: int, entries: int, dimensions: int, started: bool, vectors: int
    ) -> None:
        """Makes the codebooks.

        Args:
            codebooks: How many.
            entries: Of each.
            dimensions: Of an entry.
            started: Whether `copy_from` will fill them, so that no k-means is wanted.
            vectors: In a batch; an entry's due is its share of them.
        """
        super().__init__()
        self.due = vectors / entries
        self.dead_below = DEAD_SHARE * self.due
        self.layers = nn.ModuleList(
            VectorQuantize(
                dim=dimensions,
                codebook_size=entries,
                decay=DECAY,
                kmeans_init=not started,
                kmeans_iters=10,
                threshold_ema_dead_code=self.dead_below,
                rotation_trick=False,
                commitment_weight=1.0,
            )
            for _ in range(codebooks)
        )

    def forward(self, latents: torch.Tensor, codebooks: int) -> Quantised:
        """Quantises with the first codebooks; in training, these move.

        Args:
            latents: (batch, dimensions, frames).
            codebooks: How many to use.
        """
        vectors = latents.transpose(1, 2)
        residual, total = vectors, torch.zeros_like(vectors)
        commitment = latents.new_zeros(())
        for layer in self.layers[:codebooks]:
            quantised, _, loss = layer(residual)
            residual = residual - quantised.detach()
            total = total + quantised.detach()
            commitment = commitment + loss.sum()
        # Once for all codebooks: each layer's own would add up to as many times the gradient.
        passed = vectors + (total - vectors).detach()
        return Quantised(passed.transpose(1, 2), commitment)

    @property
    def started(self) -> bool:
        """Whether the codebooks hold entries yet."""
        return all(bool(book.initted) for book in self._codebooks())

    @torch.no_grad()
    def start(self, latents: torch.Tensor) -> None:
        """Puts every codebook at the k-means of latents (vectors, dimensions)."""
        self.train()
        self(latents.T[None], len(self.layers))

    def usage(self) -> Sequence[float]:
        """Share of each codebook's entries that are alive, in [0, 1]."""
        return [
            (book.cluster_size >= self.dead_below).float().mean().item()
            for book in self._codebooks()
        ]

    @torch.no_grad()
    def copy_from(self, model: EncodecModel) -> None:
        """Starts at a codec's codebooks, each entry as often chosen as any."""
        for book, source in zip(self._codebooks(), model.quantizer.layers, strict=True):
            book.embed.copy_(source.codebook.embed[None])
            book.cluster_size.fill_(self.due)
            book.embed_avg.copy_(self.due * source.codebook.embed[None])

    @torch.no_grad()
    def copy_to(self, model: EncodecModel) -> None:
        """Writes the codebooks into a codec."""
        for book, target in zip(self._codebooks(), model.quantizer.layers, strict=True):
            target.codebook.embed.copy_(book.embed[0])
            target.codebook.embed_avg.copy_(book.embed_avg[0])
            target.codebook.cluster_size.copy_(book.cluster_size[0])

    def _codebooks(self) -> list[Any]:
        return [layer._codebook for layer in self.layers]
