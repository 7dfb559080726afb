"""Time shift: a song may begin anywhere in its clip."""

from dataclasses import dataclass

import torch
from torch import Tensor

from projects.species.augmentation.chance import check_probability, chosen


@dataclass(frozen=True)
class TimeShift:
    """Roll each clip round in time by a uniform number of frames.

    Attributes:
        probability: Share of the clips that are rolled, 0 to 1.

    Raises:
        UserError: The probability is out of range.
    """

    probability: float

    def __post_init__(self) -> None:
        check_probability("TimeShift", self.probability)

    def __call__(self, features: Tensor) -> Tensor:
        """Roll a batch: (batch, time, mel) to the same shape, no frame lost."""
        batch, frames, _ = features.shape
        drawn = torch.randint(frames, (batch,))
        shift = torch.where(chosen(batch, self.probability), drawn, 0)
        source = (torch.arange(frames) - shift[:, None]) % frames
        return features[torch.arange(batch)[:, None], source]
