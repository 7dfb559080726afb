"""What every front end does: from sound to the features that a model takes."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field

from projects.audio.activity import most_active_start, quiet_stretch, window_activity
from projects.audio.decode import RecordingError, Sound
from projects.audio.high_pass import high_pass
from projects.audio.resample import resample

VERSION = 1
"""Raise it when the same settings begin to give other features; old ones are then refused."""

SEGMENT = "segment"
BACKGROUND = "background"
BACKGROUND_SECONDS = 1.0
WINDOW_OVERLAP = 2
"""Windows of a long recording start every half segment."""


class FrontEnd(BaseModel, ABC):
    """A front end and its settings; everything that its features depend on is a field.

    Features are time first, (clips, frames, mels), and in two forms: log energies, which are
    stored and in whose power background noise is mixed, and the normalised input of a model.

    Attributes:
        high_pass: Cut-off in Hz of the filter before everything else; 0 for none.
        segment_seconds: Length of a segment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    sample_rate: ClassVar[int]
    mels: ClassVar[int] = 128

    high_pass: float = Field(ge=0, le=5000)
    segment_seconds: float = Field(default=4.0, ge=1, le=30)

    @property
    def segment_samples(self) -> int:
        """Samples in a segment at the front end's rate."""
        return round(self.segment_seconds * self.sample_rate)

    @property
    @abstractmethod
    def frames(self) -> int:
        """Frames in a segment."""

    @abstractmethod
    def log_energies(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Log mel energies.

        Args:
            waveforms: (clips, samples) float32 at `sample_rate`.

        Returns:
            (clips, frames, mels).
        """

    @abstractmethod
    def normalised(self, log_energies: torch.Tensor) -> torch.Tensor:
        """What a model takes, (clips, frames, mels), from what `log_energies` gives."""

    @abstractmethod
    def power(self, log_energies: torch.Tensor) -> torch.Tensor:
        """Undoes the logarithm: mel power, (clips, frames, mels), in which sounds add up."""

    @abstractmethod
    def log_power(self, power: torch.Tensor) -> torch.Tensor:
        """Log energies, (clips, frames, mels), of mel power."""

    def prepared(self, sound: Sound) -> np.ndarray:
        """Brings sound to the front end's rate and removes what lies below the high-pass.

        Returns:
            (n,) float32.

        Raises:
            RecordingError: Nothing but silence is left.
        """
        samples = resample(sound, self.sample_rate).samples
        filtered = high_pass(samples, self.sample_rate, self.high_pass)
        if not np.abs(filtered).max() > 1e-7:
            raise RecordingError(f"nothing is left above the high-pass at {self.high_pass:g} Hz")
        return filtered

    def most_active_segment(self, samples: np.ndarray) -> np.ndarray:
        """The segment in which most happens, padded with silence where the sound is shorter.

        Args:
            samples: (n,) from `prepared`.

        Returns:
            (segment_samples,).
        """
        start = most_active_start(samples, self.segment_samples)
        return self._padded(samples[start : start + self.segment_samples])

    def background(self, samples: np.ndarray) -> np.ndarray | None:
        """A second in which nothing sings, or None; `samples` as from `prepared`."""
        return quiet_stretch(samples, round(BACKGROUND_SECONDS * self.sample_rate))

    def windows(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cuts a recording of any length into overlapping segments.

        Args:
            samples: (n,) from `prepared`.

        Returns:
            (windows, segment_samples), the last one ending with the recording, and each
            one's share of the activity, (windows,), summing to 1.
        """
        last = max(len(samples) - self.segment_samples, 0)
        starts = np.append(np.arange(0, last, self.segment_samples // WINDOW_OVERLAP), last)
        activity = window_activity(samples, starts, self.segment_samples)
        weights = activity if activity.any() else np.ones(len(starts))
        return self.cut(samples, starts), weights / weights.sum()

    def cut(self, samples: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """Segments, padded with silence where the sound ends before them.

        Args:
            samples: (n,) from `prepared`.
            starts: (windows,) first samples, at least one.

        Returns:
            (windows, segment_samples).
        """
        return np.stack([self._padded(samples[s : s + self.segment_samples]) for s in starts])

    def _padded(self, samples: np.ndarray) -> np.ndarray:
        return np.pad(samples, (0, self.segment_samples - len(samples)))
