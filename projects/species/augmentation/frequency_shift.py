"""Frequency shift: individuals of a species sing a little higher or lower."""

from dataclasses import dataclass

import torch
from torch import Tensor

from projects.errors import UserError


@dataclass(frozen=True)
class FrequencyShift:
    """Move each clip up or down by a uniform number of mel bands.

    Attributes:
        bands: Furthest shift either way, 0 or more; 0 leaves clips as they are.

    Raises:
        UserError: The number is negative.
    """

    bands: int

    def __post_init__(self) -> None:
        if self.bands < 0:
            raise UserError(f"FrequencyShift: expected bands of 0 or more, got {self.bands}")

    def __call__(self, features: Tensor) -> Tensor:
        """Shift a batch: (batch, time, mel) to the same shape, the edge band repeated."""
        batch, _, mels = features.shape
        shift = torch.randint(-self.bands, self.bands + 1, (batch,))
        source = (torch.arange(mels) - shift[:, None]).clamp(0, mels - 1).to(features.device)
        return features.gather(2, source[:, None, :].expand_as(features))
