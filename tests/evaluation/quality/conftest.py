import numpy as np
import pytest
from numpy.random import default_rng
from scipy.signal import lfilter

RATE = 24_000


def voiced(seconds: float = 3.0, seed: int = 0) -> np.ndarray:
    """Vowels sung in syllables at 24 kHz: enough of speech for a listener's model to score."""
    random = default_rng(seed)
    times = np.arange(round(seconds * RATE)) / RATE
    pitch = 120 + 30 * np.sin(2 * np.pi * 0.7 * times + random.uniform(0, 6))
    pulses = np.diff(np.floor(np.cumsum(pitch) / RATE), prepend=0)
    sound = pulses + 0.02 * random.normal(size=len(times))
    for formant, width in ((600, 80), (1400, 120), (2600, 200), (5000, 900)):
        radius = np.exp(-np.pi * width / RATE)
        poles = [1, -2 * radius * np.cos(2 * np.pi * formant / RATE), radius**2]
        sound = lfilter([1 - radius], poles, sound)
    syllables = np.clip(np.sin(2 * np.pi * 1.6 * times), 0, None) ** 0.5
    sound *= syllables / np.abs(sound).max()
    return 0.5 * sound + 3e-4 * random.normal(size=len(times))  # A quiet room.


@pytest.fixture(scope="session")
def speech():
    return voiced()


@pytest.fixture(scope="session")
def noisy(speech):
    """A function that adds white noise at a signal-to-noise ratio in dB."""

    def add(ratio: float, seed: int = 1) -> np.ndarray:
        noise = default_rng(seed).normal(size=len(speech))
        return speech + noise * speech.std() * 10 ** (-ratio / 20)

    return add
