"""A picture of a sound: time to the right, frequency upwards."""

from io import BytesIO
from typing import BinaryIO

import numpy as np
import soundfile
from matplotlib.image import imsave
from numpy.lib.stride_tricks import sliding_window_view

from projects.errors import UserError

LONGEST = 60
"""Seconds that are drawn."""

MOST_SAMPLES = 16_000_000
"""Of all channels together: a file of silence is small, whatever its rate says."""

QUIETEST = -100.0
"""Decibels; of a sound that is never louder, nothing is drawn bright."""

WINDOW, COLUMNS = 512, 640
FLOOR = -75.0
"""Decibels under the loudest point that are drawn black."""


def spectrogram(sound: BinaryIO) -> bytes:
    """Draws the beginning of a sound from 0 Hz up to half its rate.

    Args:
        sound: A file that libsndfile reads.

    Returns:
        A PNG, `WINDOW` // 2 + 1 pixels high and at most `COLUMNS` + 1 wide.

    Raises:
        UserError: It is no sound, or shorter than a window.
    """
    decibels = 20 * np.log10(np.maximum(_magnitudes(_samples(sound)), 1e-10))
    decibels = np.maximum(decibels - max(decibels.max(), QUIETEST), FLOOR)
    picture = BytesIO()
    imsave(picture, decibels.T[::-1], cmap="magma", vmin=FLOOR, vmax=0, format="png")
    return picture.getvalue()


def _samples(sound: BinaryIO) -> np.ndarray:
    try:
        with soundfile.SoundFile(sound) as file:
            frames = min(LONGEST * file.samplerate, MOST_SAMPLES // file.channels)
            samples = file.read(frames, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise UserError(f"expected a sound, got a file that is none: {error}") from error
    if len(samples) < WINDOW:
        raise UserError(f"expected a sound of {WINDOW} samples or more, got {len(samples)}")
    return samples.mean(axis=1)


def _magnitudes(samples: np.ndarray) -> np.ndarray:
    """Of the Fourier transform of some windows, evenly spaced, shape (columns, WINDOW // 2 + 1)."""
    hop = max(WINDOW // 4, -(-len(samples) // COLUMNS))
    windows = sliding_window_view(samples, WINDOW)[::hop]
    return np.abs(np.fft.rfft(windows * np.hanning(WINDOW), axis=1))
