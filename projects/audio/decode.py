"""Sound files of any common format, rate and channel count, as mono samples."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from projects.errors import UserError

SHORTEST_SECONDS = 0.25
LOWEST_RATE = 1000
LOUDEST = 1e6
"""Beyond any scale in use, 16-bit integers kept as floats included; its power overflows later."""

MOST_FRAMES = 2**31
"""12 hours at 48 kHz. A damaged header promises more, and so does a FLAC streamed to nowhere."""


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
        Sound of at least `SHORTEST_SECONDS`, every sample finite and not all of them zero. Of a
        WAV or OGG that was cut off, what there is: libsndfile does not tell.

    Raises:
        RecordingError: The file is missing, empty, not audio, a truncated FLAC or MP3, too short,
            below `LOWEST_RATE`, or holds NaN, infinity or nothing but digital silence.
    """
    with opened(source) as file:
        sound = Sound(mono(_frames(file)), file.samplerate)
    check_sound(sound)
    return sound


@contextmanager
def opened(source: Path | bytes) -> Iterator[soundfile.SoundFile]:
    """Opens a sound file; what goes wrong then, or later as it is read, is a `RecordingError`.

    Raises:
        RecordingError: The file is missing, empty, not audio, or damaged.
    """
    if isinstance(source, Path):
        check_file(source)
    try:
        with soundfile.SoundFile(source if isinstance(source, Path) else io.BytesIO(source)) as f:
            yield f
    except soundfile.LibsndfileError as error:
        raise RecordingError(
            f"expected WAV, FLAC, OGG or MP3 audio, got: {error.error_string}"
        ) from None
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}") from None


def mono(frames: np.ndarray) -> np.ndarray:
    """The mean of the channels, (n,), of frames (n, channels)."""
    return frames.mean(axis=1) if frames.shape[1] > 1 else frames[:, 0]


def _frames(file: soundfile.SoundFile) -> np.ndarray:
    check_length(file, MOST_FRAMES)
    samples = file.read(dtype="float32", always_2d=True)
    check_whole(file, len(samples))
    return samples


def check_length(file: soundfile.SoundFile, most: int) -> None:
    """Refuses a header that promises more than `most` frames.

    Raises:
        RecordingError: Saying how many.
    """
    if file.frames > most:
        raise RecordingError(
            f"its header promises {file.frames} frames, expected at most {most}: "
            "write the file anew, so that it tells its length"
        )


def check_whole(file: soundfile.SoundFile, decoded: int) -> None:
    """Refuses a file that ended after fewer frames than its header promises.

    Raises:
        RecordingError: Saying how many came.
    """
    if decoded < file.frames:
        raise RecordingError(
            f"truncated: its header promises {file.frames} frames, {decoded} could be decoded"
        )


def check_file(path: Path) -> None:
    """Refuses what is no file, is empty, or is samples without a header.

    Raises:
        RecordingError: Saying which.
    """
    if not path.is_file():
        raise RecordingError("no such file")
    if path.stat().st_size == 0:
        raise RecordingError("the file is empty (0 bytes)")
    if path.suffix.lower() == ".raw":
        raise RecordingError("expected WAV, FLAC, OGG or MP3 audio, got .raw, without a rate")


def check_sound(sound: Sound) -> None:
    """Refuses what no model can learn from, whatever it was read from.

    Raises:
        RecordingError: The sound is too short, below `LOWEST_RATE`, or holds NaN, infinity or
            nothing but digital silence.
    """
    check_samples(sound)
    if not sound.samples.any():
        raise RecordingError("digital silence: every sample is zero")


def check_samples(sound: Sound) -> None:
    """Refuses what is no sound; digital silence, which long recordings have, is some.

    Raises:
        RecordingError: The sound is too short, below `LOWEST_RATE`, or holds NaN or infinity.
    """
    if sound.sample_rate < LOWEST_RATE:
        raise RecordingError(
            f"expected a sample rate of at least {LOWEST_RATE} Hz, got {sound.sample_rate} Hz"
        )
    if sound.seconds < SHORTEST_SECONDS:
        raise RecordingError(
            f"expected at least {SHORTEST_SECONDS} s of sound, got {sound.seconds:.3f} s"
        )
    peak = max(sound.samples.max(), -sound.samples.min())
    if not peak < LOUDEST:  # NaN is the maximum of what it is in, and not below anything.
        bad = np.count_nonzero(~(np.abs(sound.samples) < LOUDEST))
        raise RecordingError(
            f"{bad} of {len(sound.samples)} samples are NaN, infinite or beyond {LOUDEST:g}"
        )
