"""The baseline that the codec is compared with: a log-mel spectrogram and Griffin-Lim."""

import functools
import math

import numpy as np
import torch
import torchaudio
from pydantic import BaseModel, ConfigDict, Field, model_validator

from projects.errors import UserError

SMALLEST_POWER = 1e-10
SILENCE = math.log(SMALLEST_POWER)
"""The least a log-mel spectrogram holds, -23.0."""

UPDATES = 30
ITERATIONS = 32
BITS = 16


class MelBaseline(BaseModel):
    """Sound as a log-mel spectrogram on a codec's frames, and back with a guessed phase.

    Hann window, power spectrum, Slaney mels up to half the sample rate: librosa's
    `melspectrogram`. Frame i is centred on sample i * hop, where the codec's frame i begins, and n
    samples give ceil(n / hop) frames, as many as the codec's.

    Attributes:
        sample_rate: Samples a second.
        n_fft: Samples in a window.
        hop: Samples a frame; 320 at 24 kHz is the codec's 75 frames a second.
        mels: Mel bands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample_rate: int = Field(default=24000, ge=1000)
    n_fft: int = Field(default=1024, ge=16)
    hop: int = Field(default=320, ge=1)
    mels: int = Field(default=128, ge=1)

    @model_validator(mode="after")
    def _windows_overlap(self) -> "MelBaseline":
        if 2 * self.hop > self.n_fft:
            raise ValueError(f"hop {self.hop} must be at most half of n_fft, {self.n_fft // 2}")
        return self

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        return self.sample_rate / self.hop

    @property
    def kbps(self) -> float:
        """Kilobits a second of a spectrogram stored in float16."""
        return self.frame_rate * self.mels * BITS / 1000

    def frames(self, n_samples: int) -> int:
        """Frames of a sound: the last one may be incomplete."""
        return -(-n_samples // self.hop)

    def spectrogram(self, samples: np.ndarray) -> np.ndarray:
        """Natural logarithm of the mel power, at least `SILENCE`.

        Args:
            samples: (n,) float32, nominally in [-1, 1], more than half a window.

        Returns:
            (frames, mels) float32.

        Raises:
            UserError: The samples are not one channel, or too few.
        """
        self._check_length(samples.shape)
        power = torchaudio.functional.spectrogram(
            torch.as_tensor(samples, dtype=torch.float32),
            pad=0,
            window=torch.hann_window(self.n_fft),
            n_fft=self.n_fft,
            hop_length=self.hop,
            win_length=self.n_fft,
            power=2.0,
            normalized=False,
        )
        mel_power = (self._filters() @ power)[:, : self.frames(len(samples))]
        return mel_power.clamp(min=SMALLEST_POWER).log().T.contiguous().numpy()

    def sound(self, log_mel: np.ndarray, n_samples: int) -> np.ndarray:
        """Sound with this spectrogram, its phase found by the fast Griffin-Lim algorithm.

        The phase starts at zero everywhere, so that the same spectrogram gives the same sound.
        The last frame stands for the one centred behind the end, too. Takes about 40 kB of memory
        a frame, 180 MB a minute.

        Args:
            log_mel: (frames, mels), natural logarithm of power.
            n_samples: Samples wanted; `frames(n_samples)` must be the spectrogram's.

        Returns:
            (n_samples,) float32.

        Raises:
            UserError: The spectrogram's shape does not fit the settings or the samples wanted.

        Source: Perraudin, Balazs and Sondergaard, A fast Griffin-Lim algorithm, 2013.
        """
        self._check_length((n_samples,))
        frames = self.frames(n_samples)
        if log_mel.shape != (frames, self.mels):
            raise UserError(
                f"expected a spectrogram of {frames} frames and {self.mels} mels for {n_samples} "
                f"samples, got shape {log_mel.shape}"
            )
        log_power = torch.as_tensor(log_mel, dtype=torch.float32).T
        griffin_lim = torchaudio.transforms.GriffinLim(
            self.n_fft,
            ITERATIONS,
            hop_length=self.hop,
            power=2.0,
            length=frames * self.hop,
            rand_init=False,
        )
        power = self._linear(torch.cat([log_power, log_power[:, -1:]], dim=1).exp())
        return griffin_lim(power)[:n_samples].numpy()

    def _linear(self, mel_power: torch.Tensor) -> torch.Tensor:
        """Power at each frequency whose mels are nearest to these; (bins, frames).

        Richardson-Lucy updates: they keep power positive, which a pseudo-inverse (what torchaudio's
        InverseMelScale computes) does not. On LibriSpeech that is PESQ-wb 3.5 instead of 3.0.

        Source: Lee and Seung, Algorithms for non-negative matrix factorization, 2001, theorem 2.
        """
        filters = self._filters()
        # The filters do not reach 0 Hz and half the sample rate.
        weight = filters.sum(dim=0)[:, None].clamp(min=SMALLEST_POWER)
        power = torch.ones(len(weight), mel_power.shape[1])
        for _ in range(UPDATES):
            ratio = mel_power / (filters @ power).clamp(min=SMALLEST_POWER)
            power = power * (filters.T @ ratio) / weight
        return power

    def _filters(self) -> torch.Tensor:
        return _filters(self.sample_rate, self.n_fft, self.mels)

    def _check_length(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 1 or shape[0] <= self.n_fft // 2:
            raise UserError(
                f"expected one channel of more than {self.n_fft // 2} samples, got shape {shape}"
            )


@functools.cache
def _filters(sample_rate: int, n_fft: int, mels: int) -> torch.Tensor:
    """Slaney's triangles of equal area; (mels, bins)."""
    triangles = torchaudio.functional.melscale_fbanks(
        n_fft // 2 + 1, 0.0, sample_rate / 2, mels, sample_rate, norm="slaney", mel_scale="slaney"
    )
    return triangles.T.contiguous()
