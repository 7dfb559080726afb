"""From a bird to a microphone: distance, air absorption, foliage and reverberation."""

import numpy as np
from numpy.typing import NDArray


def path_gain(hz: NDArray[np.float32], metres: float) -> NDArray[np.float32]:
    """Linear gain of a path through a wood, relative to a distance of 1 m.

    Spherical spreading, absorption of about 117 dB/km at 8 kHz growing with the square of the
    frequency (ISO 9613-1, 10 degrees C, 70 % humidity) and foliage of about 0.12 dB/m at 8 kHz
    (ISO 9613-2, annex A).

    Args:
        hz: frequencies.
        metres: distance, at least 1.

    Returns:
        Gains in 0..1, shape as `hz`.
    """
    air_db_per_m = 1.83e-9 * hz**2
    foliage_db_per_m = 0.06 * np.cbrt(hz / 1000.0)
    loss_db = (air_db_per_m + foliage_db_per_m) * (metres - 1.0)
    return (10 ** (-loss_db / 20) / metres).astype(np.float32)


def impulse_response(
    rate: int, decay_s: float, wet: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Direct sound and a tail of exponentially decaying noise.

    Args:
        rate: samples per second.
        decay_s: time in which the tail falls by 60 dB.
        wet: energy of the tail relative to the direct sound.
        rng: draws the tail.

    Returns:
        Samples of shape (decay_s * rate,), the first of them 1.
    """
    tail = rng.standard_normal(int(decay_s * rate), dtype=np.float32)
    tail *= np.exp(np.linspace(0.0, -np.log(1000.0), len(tail), dtype=np.float32))
    tail *= np.float32(np.sqrt(wet / np.sum(tail**2)))
    tail[0] = 1.0
    return tail
