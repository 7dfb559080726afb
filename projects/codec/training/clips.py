"""Clips to train a codec on, drawn at random from whole recordings in memory."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from projects.audio.decode import RecordingError
from projects.audio.resample import resample
from projects.audio.sound import read_sound

FULL_SCALE = 32767


class Clips:
    """Recordings at one rate, as 16-bit samples.

    Attributes:
        sounds: Each (n,) int16.
        failures: recording_id to reason, of those that could not be read.
    """

    def __init__(self, recordings: pd.DataFrame, sample_rate: int) -> None:
        """Reads the recordings.

        Args:
            recordings: A manifest.
            sample_rate: To bring them to, Hz.

        Raises:
            RecordingError: Not one could be read.
        """
        self.sounds: list[np.ndarray] = []
        self.failures: dict[str, str] = {}
        for row in tqdm(list(recordings.itertuples()), desc="reading", unit="recording"):
            try:
                sound = resample(read_sound(Path(row.path)), sample_rate)
            except RecordingError as error:
                self.failures[row.recording_id] = str(error)
                continue
            samples = np.clip(sound.samples, -1, 1) * FULL_SCALE
            self.sounds.append(samples.astype(np.int16))
        if not self.sounds:
            raise RecordingError(f"not one recording could be read: {self.failures}")

    def batch(self, clips: int, samples: int, random: np.random.Generator) -> torch.Tensor:
        """Draws clips, each recording as likely as it is long.

        Returns:
            (clips, samples) float32 in [-1, 1]; a recording that is shorter ends in silence.
        """
        lengths = np.array([len(sound) for sound in self.sounds], float)
        chosen = random.choice(len(self.sounds), clips, p=lengths / lengths.sum())
        return _stacked([_cut(self.sounds[index], samples, random) for index in chosen], samples)

    def spread(self, clips: int, samples: int) -> torch.Tensor:
        """The same clips every time: from the middle of recordings spread over the list."""
        indices = np.linspace(0, len(self.sounds) - 1, min(clips, len(self.sounds))).astype(int)
        middles = [self.sounds[index] for index in indices]
        cut = [sound[max(0, (len(sound) - samples) // 2) :][:samples] for sound in middles]
        return _stacked(cut, samples)


def _cut(sound: np.ndarray, samples: int, random: np.random.Generator) -> np.ndarray:
    start = random.integers(max(1, len(sound) - samples + 1))
    return sound[start : start + samples]


def _stacked(cut: Sequence[np.ndarray], samples: int) -> torch.Tensor:
    batch = np.zeros((len(cut), samples), np.float32)
    for row, clip in zip(batch, cut, strict=True):
        row[: len(clip)] = clip / FULL_SCALE
    return torch.from_numpy(batch)
