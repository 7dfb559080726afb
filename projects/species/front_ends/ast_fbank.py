"""The front end that the AudioSet-pretrained Audio Spectrogram Transformer expects."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torchaudio.compliance import kaldi

from projects.species.front_ends.front_end import FrontEnd

AUDIOSET_MEAN = -4.2677393
AUDIOSET_DEVIATION = 4.5689974
FRAME_LENGTH_MS = 25
FRAME_SHIFT_MS = 10


class AstFbank(FrontEnd):
    """Kaldi log-mel filterbank at 16 kHz, normalised with AudioSet's mean and deviation.

    25 ms Hann windows every 10 ms, 128 bands (Gong et al. 2021, AST: Audio Spectrogram
    Transformer). 4 s give 398 frames.
    """

    name: ClassVar[str] = "ast_fbank"
    sample_rate: ClassVar[int] = 16000

    kind: Literal["ast_fbank"] = "ast_fbank"
    high_pass: float = Field(default=0.0, ge=0, le=5000)

    @property
    def frames(self) -> int:
        """Whole frames in a segment."""
        length, shift = (self.sample_rate * ms // 1000 for ms in (FRAME_LENGTH_MS, FRAME_SHIFT_MS))
        return (self.segment_samples - length) // shift + 1

    def log_energies(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Natural logarithms of Kaldi mel energies; (clips, frames, mels)."""
        return torch.stack([self._fbank(waveform) for waveform in waveforms])

    def normalised(self, log_energies: torch.Tensor) -> torch.Tensor:
        """(x - mean) / (2 deviation), with AudioSet's figures."""
        return (log_energies - AUDIOSET_MEAN) / (2 * AUDIOSET_DEVIATION)

    def power(self, log_energies: torch.Tensor) -> torch.Tensor:
        """Mel energies."""
        return log_energies.exp()

    def log_power(self, power: torch.Tensor) -> torch.Tensor:
        """Natural logarithms, no lower than Kaldi's own floor."""
        return power.clamp(min=torch.finfo(torch.float32).eps).log()

    def _fbank(self, waveform: torch.Tensor) -> torch.Tensor:
        return kaldi.fbank(
            waveform[None],
            sample_frequency=self.sample_rate,
            window_type="hanning",
            num_mel_bins=self.mels,
            frame_length=FRAME_LENGTH_MS,
            frame_shift=FRAME_SHIFT_MS,
        )
