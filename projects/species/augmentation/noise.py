"""Background noise at a chosen signal-to-noise ratio, added as power.

Powers of unrelated sounds add; their decibels do not. So noise goes in before the logarithm.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from projects.errors import UserError
from projects.species.augmentation.chance import check_probability, chosen


@dataclass(frozen=True)
class BackgroundNoise:
    """Add to each clip a random background at a random signal-to-noise ratio.

    Attributes:
        probability: Share of the clips that get noise, 0 to 1.
        snr_low: Lowest ratio in dB.
        snr_high: Highest ratio in dB; ratios are uniform in dB between the two.

    Raises:
        UserError: The probability is out of range, or the ratios are in the wrong order.
    """

    probability: float
    snr_low: float = 3.0
    snr_high: float = 30.0

    def __post_init__(self) -> None:
        check_probability("BackgroundNoise", self.probability)
        if not self.snr_low <= self.snr_high:
            raise UserError(
                f"BackgroundNoise: expected snr_low no higher than snr_high, "
                f"got {self.snr_low} and {self.snr_high} dB; exchange them"
            )

    def __call__(self, power: Tensor, bank: Tensor) -> Tensor:
        """Add noise to a batch.

        Args:
            power: (batch, time, mel) power, 0 or more.
            bank: (backgrounds, time, mel) power of stretches in which no bird calls.

        Returns:
            (batch, time, mel) power.

        Raises:
            UserError: The bank is empty or does not fit, or the values are not powers.
        """
        if len(bank) == 0:
            raise UserError(
                "BackgroundNoise: expected at least 1 background, got an empty bank; "
                "set the probability to 0 or give recordings with a pause"
            )
        batch = len(power)
        background = bank[torch.randint(len(bank), (batch,)).to(bank.device)]
        snr_db = self.snr_low + (self.snr_high - self.snr_low) * torch.rand(batch)
        noisy = add_background(power, background, snr_db)
        noised = chosen(batch, self.probability).to(power.device)
        return torch.where(noised[:, None, None], noisy, power)


def add_background(power: Tensor, background: Tensor, snr_db: Tensor) -> Tensor:
    """Scale a background to the ratio asked and add it, both as power.

    The ratio is mean signal power over mean noise power, `10 log10(signal / noise)`. A silent
    clip stays silent, for no noise can stand in a finite ratio to it.

    Args:
        power: (batch, time, mel) power, 0 or more.
        background: (batch, time, mel) power, 0 or more and somewhere above 0 in each clip.
        snr_db: (batch,) ratios in dB.

    Returns:
        (batch, time, mel) power.

    Raises:
        UserError: The shapes differ, or the values are not powers (decibels, for instance).
    """
    if power.shape != background.shape:
        raise UserError(
            f"background noise: expected backgrounds of shape {tuple(power.shape)}, "
            f"got {tuple(background.shape)}; tile or cut them to the clip's frames"
        )
    if (power < 0).any() or (background < 0).any():
        raise UserError(
            "background noise: expected powers of 0 or more, got negative values; "
            "add the noise before the logarithm and the normalisation"
        )
    signal, noise = power.mean(dim=(1, 2)), background.mean(dim=(1, 2))
    if (noise == 0).any():
        raise UserError(
            "background noise: expected backgrounds with some power, got digital silence; "
            "leave silent stretches out of the bank"
        )
    gain = signal / noise * 10 ** (-snr_db.to(power) / 10)
    return power + gain[:, None, None] * background


def tile_to(background: Tensor, frames: int) -> Tensor:
    """Repeat, or cut, a stretch of (time, mel) to (frames, mel)."""
    return background[torch.arange(frames) % len(background)]
