"""What a microphone hears besides the bird: its own noise, wind and insects."""

import numpy as np
import scipy.signal
from numpy.typing import NDArray

_WIND_HZ = 150.0


def noise_spectrum(
    hz: NDArray[np.float32], slope: float, level_db: float, n: int, rng: np.random.Generator
) -> NDArray[np.complex64]:
    """Spectrum (as of `scipy.fft.rfft` of `n` samples) of noise with power ~ hz ** -slope.

    Args:
        hz: frequencies of the spectrum's bins, shape (n // 2 + 1,).
        slope: colour; 0 is white, 1 pink.
        level_db: root mean square of its samples, in dB re 1.
        n: number of samples.
        rng: draws it.
    """
    shape = np.maximum(hz, 50.0) ** np.float32(-slope / 2)
    draws = rng.standard_normal((len(hz), 2), dtype=np.float32)
    draws *= shape[:, None]
    scale = 10 ** (level_db / 20) * n / np.sqrt(4 * float(np.sum(shape**2)))
    draws *= np.float32(scale)
    return draws.view(np.complex64)[:, 0]


def wind(n: int, rate: int, level_db: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Gusts of noise below about 150 Hz, shape (n,), root mean square `level_db` in full gusts."""
    low_pass = scipy.signal.butter(2, _WIND_HZ, fs=rate, output="sos")
    rumble = scipy.signal.sosfilt(low_pass, rng.standard_normal(n, dtype=np.float32))
    gusts = rng.uniform(0.0, 1.0, int(n / rate) + 2) ** 2
    strength = np.interp(np.arange(n) / rate, np.arange(len(gusts)), gusts)
    scale = 10 ** (level_db / 20) / np.sqrt(2 * _WIND_HZ / rate)
    return (scale * strength * rumble).astype(np.float32)


def insects(n: int, rate: int, level_db: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """A stridulating insect: a pulsed tone of 4..9 kHz, shape (n,), peak `level_db` re 1."""
    tone_hz, pulses_hz, chirps_hz = rng.uniform((4000.0, 20.0, 0.5), (9000.0, 60.0, 3.0))
    tone = _sine(tone_hz, n, rate)
    pulses = np.maximum(_sine(pulses_hz, n, rate), 0.0)
    chirps = _sine(chirps_hz, n, rate) > rng.uniform(-1.0, 0.5)
    return np.float32(10 ** (level_db / 20)) * tone * pulses * chirps


def _sine(hz: float, n: int, rate: int) -> NDArray[np.float32]:
    cycles = np.arange(n) * (hz / rate)
    return np.sin((2 * np.pi * (cycles % 1.0)).astype(np.float32))
