"""The probability with which each clip of a batch is augmented."""

import torch
from torch import Tensor

from projects.errors import UserError


def check_probability(owner: str, probability: float) -> None:
    """Refuse a probability outside [0, 1].

    Raises:
        UserError: The probability is out of range or NaN; `owner` names who was given it.
    """
    if not 0 <= probability <= 1:
        raise UserError(
            f"{owner}: expected a probability from 0 to 1, got {probability}; correct the setting"
        )


def chosen(clips: int, probability: float) -> Tensor:
    """Draw which clips of a batch are augmented: (clips,) bool on the CPU."""
    return torch.rand(clips) < probability
