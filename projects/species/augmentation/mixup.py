"""MixUp: each clip blended with another, and its label with the other's."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Beta

from projects.errors import UserError
from projects.species.augmentation.chance import check_probability, chosen


@dataclass(frozen=True)
class MixUp:
    """Train on convex combinations of clips and of their labels (Zhang et al. 2018).

    A clip keeps the share `lambda ~ Beta(alpha, alpha)` of itself, drawn for each clip, and takes
    the rest from a partner, found by a random permutation of the batch (arXiv:1710.09412).

    Attributes:
        alpha: Parameter of the Beta distribution, 0.01 or more; small values blend little.
        probability: Share of the clips that are blended, 0 to 1.

    Raises:
        UserError: A setting is out of range.
    """

    alpha: float
    probability: float

    def __post_init__(self) -> None:
        check_probability("MixUp", self.probability)
        # Far below, both halves of a draw underflow to 0 and every share comes out as one half.
        if not self.alpha >= 0.01:
            raise UserError(
                f"MixUp: expected alpha of 0.01 or more, got {self.alpha}; "
                "set the probability to 0 to switch MixUp off"
            )

    def __call__(self, features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Blend a batch.

        Args:
            features: (batch, time, mel).
            targets: (batch, classes) probabilities, one-hot where a clip has one label.

        Returns:
            The blended features and targets, of the same shapes.

        Raises:
            UserError: The targets are not one row of class probabilities a clip.
        """
        batch = len(features)
        if targets.dim() != 2 or len(targets) != batch or not targets.is_floating_point():
            raise UserError(
                f"MixUp: expected floating targets of shape ({batch}, classes), got "
                f"{targets.dtype} of shape {tuple(targets.shape)}; give one-hot or soft labels"
            )
        drawn = Beta(self.alpha, self.alpha).sample((batch,))
        share = torch.where(chosen(batch, self.probability), drawn, 1.0)
        partner = torch.randperm(batch)
        return _blend(features, partner, share), _blend(targets, partner, share)


def _blend(values: Tensor, partner: Tensor, share: Tensor) -> Tensor:
    weight = share.to(values).view(-1, *[1] * (values.dim() - 1))
    return torch.lerp(values[partner.to(values.device)], values, weight)
