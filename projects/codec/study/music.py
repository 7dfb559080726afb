"""A little music: broken chords with a melody over them, as a plucked instrument would play."""

import numpy as np
from numpy.typing import NDArray

from projects.codec.study.settings import SAMPLE_RATE

_MAJOR = np.array([0, 2, 4, 5, 7, 9, 11])  # semitones of a major scale
_PROGRESSION = (0, 5, 3, 4)  # degrees of the scale on which the chords stand
_HARMONICS = 6
_LEVEL = 0.1


def play(seconds: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Chords of a major key, one a bar, and a note of melody on most beats.

    Args:
        seconds: how long, more than 0.
        rng: draws key, tempo, decay and melody.

    Returns:
        Samples of shape (round(seconds * SAMPLE_RATE),), root mean square 0.1.
    """
    n = round(seconds * SAMPLE_RATE)
    tonic_hz = 110.0 * 2 ** (rng.integers(12) / 12)
    beat_s, decay_s = rng.uniform((0.3, 0.2), (0.55, 0.6))
    sound = np.zeros(n, dtype=np.float32)
    for beat in range(int(n / SAMPLE_RATE / beat_s) + 1):
        root = _PROGRESSION[beat // 4 % len(_PROGRESSION)]
        degrees = [root + (0, 2, 4, 2)[beat % 4]]
        if rng.random() < 0.7:
            degrees.append(7 + root + int(rng.choice((0, 1, 2, 4, 6))))
        start = int(beat * beat_s * SAMPLE_RATE)
        for degree in degrees:
            octave, step = divmod(degree, len(_MAJOR))
            note = _pluck(tonic_hz * 2 ** (octave + _MAJOR[step] / 12), decay_s)
            room = sound[start:][: len(note)]
            room += note[: len(room)]
    return sound * np.float32(_LEVEL / np.sqrt(np.mean(sound**2)))


def _pluck(hz: float, decay_s: float) -> NDArray[np.float32]:
    """One note; its higher harmonics are weaker and die sooner."""
    t = np.arange(int(3 * decay_s * SAMPLE_RATE)) / SAMPLE_RATE
    phase = (2 * np.pi * ((hz * t) % 1.0)).astype(np.float32)  # wrapped first: float32 is coarse
    fall = np.exp(-t / decay_s).astype(np.float32)
    note = np.zeros_like(phase)
    envelope = np.minimum(1.0, t / 0.005).astype(np.float32)
    for harmonic in range(1, _HARMONICS + 1):
        envelope *= fall
        note += envelope / np.float32(harmonic) * np.sin(harmonic * phase)
    return note
