"""How far a reconstruction is from its sound, as a codec is trained on it."""

import torch
import torchaudio
from torch import nn

QUIET = 1e-3
"""Root mean square of a clip below which its error counts as if the clip had this one."""


def error_to_signal(estimate: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """Energy of the error by the clip's own energy, averaged over clips.

    Under a plain difference, silence is a good answer to quiet clips, and the codec stays there.

    Args:
        estimate: (batch, samples).
        reference: (batch, samples).
    """
    error = (estimate - reference).pow(2).mean(dim=1)
    return (error / reference.pow(2).mean(dim=1).clamp_min(QUIET**2)).mean()


class MultiScaleMel(nn.Module):
    """Mean absolute difference of log-mel spectrograms at several windows.

    As EnCodec's frequency loss (Défossez et al., "High Fidelity Neural Audio Compression", 2022,
    section 3.4), in natural logarithms.
    """

    def __init__(self, sample_rate: int, windows: tuple[int, ...] = (256, 512, 1024, 2048)) -> None:
        """Makes the spectrograms.

        Args:
            sample_rate: Hz.
            windows: Samples of each; the hop is a quarter.
        """
        super().__init__()
        self.scales = nn.ModuleList(
            torchaudio.transforms.MelSpectrogram(
                sample_rate, n_fft=window, hop_length=window // 4, n_mels=min(80, window // 16)
            )
            for window in windows
        )

    def forward(self, estimate: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
        """Of (batch, samples) each, the mean over scales; a scalar."""
        differences = [
            (_log(scale(estimate)) - _log(scale(reference))).abs().mean() for scale in self.scales
        ]
        return torch.stack(differences).mean()


def _log(power: torch.Tensor) -> torch.Tensor:
    return power.clamp_min(1e-5).log()
