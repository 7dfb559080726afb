"""The log-mel front end as people write it with librosa: a function a file, an .npy a file."""

from dataclasses import dataclass
from pathlib import Path

import librosa
import numpy as np
import scipy.signal
import torch

SAMPLE_RATE = 22050
SEGMENT = 4 * SAMPLE_RATE
BLOCK = 512
SILENCE_DB = -150.0

HIGH_PASS = scipy.signal.butter(5, 500, "highpass", fs=SAMPLE_RATE, output="sos")


@dataclass(frozen=True)
class Files:
    """What one job works on.

    Attributes:
        paths: Of recordings, by the name under which the features are saved.
        folder: Where to save them.
        flush_denormals: Whether the processor takes denormal numbers for 0. scipy's filter is
            many times slower over digital silence without it; a plain pipeline does not set it.
    """

    paths: dict[str, str]
    folder: Path
    flush_denormals: bool = False


def save_features(files: Files) -> None:
    """Saves each file's features, (mels, frames) float32, as `<folder>/<name>.npy`."""
    torch.set_flush_denormal(files.flush_denormals)
    for name, path in files.paths.items():
        np.save(files.folder / f"{name}.npy", log_mel(path))


def log_mel(path: str) -> np.ndarray:
    """Log-mels of the most active 4 s, zero mean and unit variance; (mels, frames)."""
    samples, _ = librosa.load(path, sr=SAMPLE_RATE)
    filtered = scipy.signal.sosfilt(HIGH_PASS, samples).astype(np.float32)
    mel = librosa.feature.melspectrogram(y=most_active_segment(filtered), sr=SAMPLE_RATE)
    decibels = librosa.power_to_db(mel, ref=np.max)
    return (decibels - decibels.mean()) / decibels.std()


def most_active_segment(samples: np.ndarray) -> np.ndarray:
    """The 4 s that stand furthest above the noise floor, a block at most 30 dB."""
    rms = librosa.feature.rms(
        y=samples, frame_length=BLOCK, hop_length=BLOCK, center=False, dtype=np.float64
    )[0]
    with np.errstate(divide="ignore"):
        levels = 20 * np.log10(rms)
    floor = np.percentile(levels[levels > SILENCE_DB], 20)
    total = np.cumsum(np.append(0, np.rint(np.clip(levels - floor, 0, 30))))
    blocks = min(SEGMENT // BLOCK, len(levels))
    first = int(np.argmax(total[blocks:] - total[:-blocks])) * BLOCK
    start = min(first, max(len(samples) - SEGMENT, 0))
    return librosa.util.fix_length(samples[start : start + SEGMENT], size=SEGMENT)
