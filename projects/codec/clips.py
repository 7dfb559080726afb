"""Clips of a recording: short enough to be scored, spread evenly, the same ones every time."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projects.audio.resample import resample
from projects.audio.sound import read_sound

SHORTEST_REST = 1.0
"""Seconds; what is left at the end of a recording and is shorter makes no clip."""


@dataclass(frozen=True)
class Cutting:
    """How a recording becomes clips.

    Attributes:
        seconds: Of a clip.
        most: Clips of one recording.
    """

    seconds: float
    most: int

    def bounds(self, n_samples: int, sample_rate: int) -> list[tuple[int, int]]:
        """Where clips begin and end: from the middles of `most` equal stretches of the recording.

        Args:
            n_samples: Of the recording.
            sample_rate: Hz.

        Returns:
            First sample and the one after the last; a recording shorter than a clip is one.
        """
        size = round(self.seconds * sample_rate)
        rest = round(SHORTEST_REST * sample_rate)
        starts = [s for s in range(0, n_samples, size) if s == 0 or n_samples - s >= rest]
        count = min(self.most, len(starts))
        middles = ((np.arange(count) + 0.5) * len(starts) / count).astype(int)
        return [(starts[i], min(starts[i] + size, n_samples)) for i in middles]


@dataclass(frozen=True, eq=False)
class Clip:
    """Part of a recording.

    Attributes:
        start: Seconds into the recording.
        samples: (n,) float32.
    """

    start: float
    samples: np.ndarray


def read_clips(path: Path, cutting: Cutting, sample_rate: int) -> list[Clip]:
    """Reads a recording's clips.

    Args:
        path: Sound or video.
        cutting: How to cut it.
        sample_rate: To bring it to, Hz.

    Raises:
        RecordingError: It cannot be read.
    """
    samples = resample(read_sound(path), sample_rate).samples
    return [
        Clip(start / sample_rate, samples[start:end])
        for start, end in cutting.bounds(len(samples), sample_rate)
    ]
