"""An adversary that tells reconstructions from sounds by their spectra at several scales."""

import warnings
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import l1_loss, relu

FEATURE_WEIGHT = 2.0

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # Of its weight norm, which still works.
    from encodec.msstftd import MultiScaleSTFTDiscriminator


@dataclass(frozen=True)
class Verdicts:
    """What the adversary says of a batch, one entry a scale.

    Attributes:
        logits: Above 0 for what it takes for a sound.
        features: Of its layers.
    """

    logits: list[torch.Tensor]
    features: list[list[torch.Tensor]]


class Adversary(nn.Module):
    """EnCodec's multi-scale STFT discriminator with its hinge losses.

    Défossez et al., "High Fidelity Neural Audio Compression" (2022), section 3.4; the network is
    the one of the package `encodec`.
    """

    def __init__(self, filters: int = 8) -> None:
        """Makes the discriminator.

        Args:
            filters: Of each convolution; EnCodec's has 32.
        """
        super().__init__()
        self.network = MultiScaleSTFTDiscriminator(filters=filters)

    def forward(self, sounds: torch.Tensor) -> Verdicts:
        """Judges (batch, samples)."""
        return Verdicts(*self.network(sounds[:, None]))

    def own_loss(self, estimate: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
        """What the adversary minimises: to tell one from the other."""
        real, made = self(reference).logits, self(estimate.detach()).logits
        return _mean(
            [relu(1 - r).mean() + relu(1 + m).mean() for r, m in zip(real, made, strict=True)]
        )

    def codec_loss(self, estimate: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
        """What the codec minimises: to be taken for a sound, with a sound's features."""
        made, real = self(estimate), self(reference)
        fooled = _mean([relu(1 - logits).mean() for logits in made.logits])
        matched = [
            l1_loss(m, r.detach()) / r.detach().abs().mean().clamp_min(1e-6)
            for made_scale, real_scale in zip(made.features, real.features, strict=True)
            for m, r in zip(made_scale, real_scale, strict=True)
        ]
        return fooled + FEATURE_WEIGHT * _mean(matched)


def _mean(values: list[torch.Tensor]) -> torch.Tensor:
    return torch.stack(values).mean()
