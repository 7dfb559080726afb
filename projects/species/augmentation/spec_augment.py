"""SpecAugment: stretches of time and bands of frequency hidden from the model."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torchaudio.transforms import FrequencyMasking, TimeMasking

from projects.errors import UserError
from projects.species.augmentation.chance import check_probability, chosen


@dataclass(frozen=True)
class SpecAugment:
    """Hide random bands and stretches of each clip (Park et al. 2019, arXiv:1904.08779).

    Attributes:
        frequency_mask: Widest band, in mel bands; widths are uniform from 0 to this.
        time_mask: Longest stretch, in frames; lengths are uniform from 0 to this.
        masks: Number of masks of each kind, at least 1; they may overlap.
        probability: Share of the clips that are masked, 0 to 1.

    Raises:
        UserError: A setting is out of range.
    """

    frequency_mask: int
    time_mask: int
    masks: int
    probability: float

    def __post_init__(self) -> None:
        check_probability("SpecAugment", self.probability)
        for name, least in (("frequency_mask", 0), ("time_mask", 0), ("masks", 1)):
            if getattr(self, name) < least:
                raise UserError(
                    f"SpecAugment: expected {name} of {least} or more, "
                    f"got {getattr(self, name)}; correct the setting"
                )

    def __call__(self, features: Tensor) -> Tensor:
        """Replace the hidden places of each clip by that clip's mean.

        Args:
            features: (batch, time, mel).

        Returns:
            (batch, time, mel), a new tensor; places not hidden are unchanged to the bit.

        Raises:
            UserError: A mask could cover a whole clip.
        """
        batch, frames, mels = features.shape
        self._check_fits(frames, mels)
        hidden = self._draw(batch, frames, mels) & chosen(batch, self.probability)[:, None, None]
        mean = features.mean(dim=(1, 2), keepdim=True)
        return torch.where(hidden.to(features.device), mean, features)

    def _check_fits(self, frames: int, mels: int) -> None:
        if self.frequency_mask >= mels or self.time_mask >= frames:
            raise UserError(
                f"SpecAugment: expected masks narrower than the clip of {frames} frames and {mels} "
                f"mel bands, got {self.time_mask} and {self.frequency_mask}; make them narrower"
            )

    def _draw(self, batch: int, frames: int, mels: int) -> Tensor:
        """Draw the hidden places: (batch, time, mel) bool."""
        # torchaudio wants (..., mel, time), and leaves out the width it is given.
        band = FrequencyMasking(self.frequency_mask + 1, iid_masks=True)
        stretch = TimeMasking(self.time_mask + 1, iid_masks=True)
        kept = torch.ones(batch, mels, frames)
        for _ in range(self.masks):
            kept = stretch(band(kept))
        return kept.transpose(1, 2) == 0
