"""Sound files of any common format, rate and channel count, as mono samples."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from projects.errors import UserError

SHORTEST_SECONDS = 0.25


class RecordingError(UserError):
    """A recording that cannot be used; the others can."""

    exit_code = 1


@dataclass(frozen=True)
class Sound:
    """Mono sound.

    Attributes:
        samples: (n,) float32, nominally in [-1, 1].
        sample_rate: Samples a second.
    """

    samples: np.ndarray
    sample_rate: int

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return len(self.samples) / self.sample_rate


def decode(source: Path | bytes) -> Sound:
    """Reads WAV, FLAC, OGG or MP3 at its own rate; channels are averaged.

    Args:
        source: A file, or the bytes of one.

    Returns:
        Sound of at least `SHORTEST_SECONDS`, every sample finite and not all of them zero.

    Raises:
        RecordingError: The file is missing, empty, not audio, truncated, too short, or holds
            NaN, infinity or nothing but digital silence.
    """
    samples, sample_rate = _read(source)
    sound = Sound(samples.mean(axis=1) if samples.shape[1] > 1 else samples[:, 0], sample_rate)
    _check(sound)
    return sound


def _read(source: Path | bytes) -> tuple[np.ndarray, int]:
    if isinstance(source, Path):
        _check_file(source)
    try:
        with soundfile.SoundFile(source if isinstance(source, Path) else io.BytesIO(source)) as f:
            promised = f.frames
            samples = f.read(dtype="float32", always_2d=True)
            sample_rate = f.samplerate
    except (soundfile.SoundFileError, OSError) as error:
        raise RecordingError(f"expected WAV, FLAC, OGG or MP3 audio, got: {error}") from None
    if len(samples) < promised:
        raise RecordingError(
            f"truncated: its header promises {promised} frames, {len(samples)} could be decoded"
        )
    return samples, sample_rate


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise RecordingError("no such file")
    if path.stat().st_size == 0:
        raise RecordingError("the file is empty (0 bytes)")


def _check(sound: Sound) -> None:
    if sound.seconds < SHORTEST_SECONDS:
        raise RecordingError(
            f"expected at least {SHORTEST_SECONDS} s of sound, got {sound.seconds:.3f} s"
        )
    bad = np.count_nonzero(~np.isfinite(sound.samples))
    if bad:
        raise RecordingError(f"{bad} of {len(sound.samples)} samples are NaN or infinite")
    if not sound.samples.any():
        raise RecordingError("digital silence: every sample is zero")
