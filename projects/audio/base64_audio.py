"""Sound as text, the way it travels to and from a served model."""

import base64
import io

import numpy as np
import soundfile

from projects.audio.decode import RecordingError, Sound, decode


def from_base64(text: str) -> Sound:
    """Reads base64 of a WAV, FLAC, OGG or MP3 file.

    Raises:
        RecordingError: It is not base64, or not usable audio.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise RecordingError(f"expected base64 of an audio file: {error}") from None
    return decode(content)


def to_base64(sound: Sound) -> str:
    """Writes a 16-bit FLAC; samples beyond [-1, 1] are clipped."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(sound.samples, -1, 1), sound.sample_rate, format="FLAC")
    return base64.b64encode(file.getvalue()).decode()
