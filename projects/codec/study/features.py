"""What of a sound the simulated brain answers to: a few named features on the TR grid."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from projects.codec.study.settings import FRAME, SAMPLE_RATE
from projects.codec.tr_grid import TrGrid

FEATURES = ("loudness", "modulation", "bass", "midrange", "sibilance")
"""Over a TR: mean and standard deviation of the frames' levels (the second is high where syllables
or notes come and go), and the shares of power below 300 Hz, in 1 to 3 kHz and above 4 kHz."""

_SHARES_HZ = ((0.0, 300.0), (1000.0, 3000.0), (4000.0, SAMPLE_RATE))
_HZ = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)
_BANDS = np.array([(low <= _HZ) & (high > _HZ) for low, high in _SHARES_HZ])
_HANN = np.hanning(FRAME + 1)[:-1]
_FLOOR = 1e-10  # power of -100 dB, below the last bit of 16-bit sound


def sound_features(samples: NDArray[np.float32], tr: float) -> NDArray[np.float64]:
    """Features of each TR, at the time at which they are heard.

    Args:
        samples: (n,) at `SAMPLE_RATE`, a frame or more.
        tr: seconds, in [0.2, 10].

    Returns:
        (n_trs, 5) in dB, in the order of `FEATURES`, on the grid of `TrGrid` at 75 frames/s.
    """
    frames = np.pad(samples, (0, -len(samples) % FRAME)).reshape(-1, FRAME)
    edges = TrGrid(tr, SAMPLE_RATE / FRAME, len(frames)).edges
    return np.array(
        [_of_a_tr(frames[start:stop].astype(np.float64)) for start, stop in pairwise(edges)]
    )


def _of_a_tr(frames: NDArray[np.float64]) -> list[float]:
    levels = _decibels(np.mean(frames**2, axis=1))
    spectrum = np.mean(np.abs(np.fft.rfft(frames * _HANN)) ** 2, axis=0)
    shares = _decibels(_BANDS @ spectrum) - _decibels(spectrum.sum())
    return [levels.mean(), levels.std(), *shares]


def _decibels(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return 10 * np.log10(power + _FLOOR)
