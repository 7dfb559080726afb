"""The seed's log-mel spectrogram."""

import functools
from typing import ClassVar, Literal

import torch
import torchaudio
from pydantic import Field

from projects.species.front_ends.front_end import FrontEnd

N_FFT = 2048
HOP = 512
TOP_DB = 80.0
SMALLEST_POWER = 1e-10


class LogMel(FrontEnd):
    """Log-mel spectrogram in dB below the segment's peak, normalised per segment.

    22,050 Hz, Hann window of 2048 samples, hop 512, 128 Slaney mels, 80 dB: librosa's
    `melspectrogram` and `power_to_db(ref=max)`. 4 s give 173 frames.
    """

    name: ClassVar[str] = "log_mel"
    sample_rate: ClassVar[int] = 22050

    kind: Literal["log_mel"] = "log_mel"
    high_pass: float = Field(default=500.0, ge=0, le=5000)

    @property
    def frames(self) -> int:
        """Frames in a segment, the first and the last centred on its ends."""
        return self.segment_samples // HOP + 1

    def log_energies(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Mel energies in dB below each segment's peak, in [-80, 0]; (clips, frames, mels)."""
        return self.log_power(_mel_power(waveforms))

    def normalised(self, log_energies: torch.Tensor) -> torch.Tensor:
        """Zero mean and unit variance over each segment."""
        deviation, mean = torch.std_mean(log_energies, dim=(1, 2), correction=0, keepdim=True)
        return (log_energies - mean) / deviation.clamp(min=1e-6)

    def power(self, log_energies: torch.Tensor) -> torch.Tensor:
        """Power relative to each segment's peak."""
        return 10 ** (log_energies / 10)

    def log_power(self, power: torch.Tensor) -> torch.Tensor:
        """DB below each segment's peak, at most 80."""
        decibels = 10 * torch.log10(power.clamp(min=SMALLEST_POWER))
        return (decibels - decibels.amax(dim=(1, 2), keepdim=True)).clamp(min=-TOP_DB)


def _mel_power(waveforms: torch.Tensor) -> torch.Tensor:
    window = torch.hann_window(N_FFT)
    padded = torch.nn.functional.pad(waveforms, (N_FFT // 2, N_FFT // 2))
    spectrum = torch.fft.rfft(padded.unfold(1, N_FFT, HOP) * window)
    return (spectrum.real.square() + spectrum.imag.square()) @ _filters()


@functools.cache
def _filters() -> torch.Tensor:
    return torchaudio.functional.melscale_fbanks(
        N_FFT // 2 + 1,
        0.0,
        LogMel.sample_rate / 2,
        LogMel.mels,
        LogMel.sample_rate,
        "slaney",
        "slaney",
    )
