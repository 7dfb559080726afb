"""A phrase before it is sound: syllables made into the movements of voice and mouth."""

from dataclasses import dataclass, replace

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from projects.codec.study.narrator import Narrator
from projects.codec.study.phones import CONSONANTS, VOWELS, Phone
from projects.codec.study.settings import SAMPLE_RATE

HOP = 128
"""Samples between two frames of the movements."""

_REST = Phone(0.04, (500.0, 1500.0, 2500.0))
_ONSET, _CODA, _DIPHTHONG, _STRESS = 0.9, 0.3, 0.25, 0.4  # how often a syllable has each
_DECLINATION = 5.0  # semitones by which the voice falls over a phrase
# Standard deviations, in frames, of the windows that smooth what moves: the mouth is slower than
# the changes of amplitude in a plosive, and the melody slower than both.
_MOUTH, _AMPLITUDE, _MELODY = 4.0, 1.2, 10.0


@dataclass(frozen=True)
class Phrase:
    """Movements of voice and mouth, one frame each `HOP` samples; amplitudes as of a `Phone`.

    Attributes:
        pitch_hz: (frames,).
        formants_hz: (frames, 3).
        voicing: (frames,).
        aspiration: (frames,).
        frication: (frames,).
        noise_hz: (frames,).
        noise_width_hz: (frames,).
    """

    pitch_hz: NDArray[np.float64]
    formants_hz: NDArray[np.float64]
    voicing: NDArray[np.float64]
    aspiration: NDArray[np.float64]
    frication: NDArray[np.float64]
    noise_hz: NDArray[np.float64]
    noise_width_hz: NDArray[np.float64]


def draw_phrase(narrator: Narrator, rng: np.random.Generator) -> Phrase:
    """A phrase of 5 to 14 random syllables, about 1 to 4 seconds long."""
    phones, semitones = [_REST], [0.0]
    count = int(rng.integers(5, 15))
    for position in np.linspace(0.0, 1.0, count):
        stressed = bool(rng.random() < _STRESS)
        syllable = _draw_syllable(stressed, bool(position == 1.0), rng)
        accent = rng.normal(2.0 if stressed else 0.0, 1.0) * narrator.pitch_range
        phones += syllable
        semitones += [accent + _DECLINATION * (0.5 - position)] * len(syllable)
    return _movements([*phones, _REST], [*semitones, semitones[-1]], narrator, rng)


def _draw_syllable(stressed: bool, last: bool, rng: np.random.Generator) -> list[Phone]:
    """Consonant, vowel, consonant; the first and the third may be missing."""
    consonants = list(CONSONANTS.values())
    onset = consonants[rng.integers(len(consonants))] if rng.random() < _ONSET else ()
    coda = consonants[rng.integers(len(consonants))] if rng.random() < _CODA else ()
    first, second = (VOWELS[k] for k in rng.choice(len(VOWELS), 2, replace=False))
    vowels = [first, second] if rng.random() < _DIPHTHONG else [first]
    stretch = (1.25 if stressed else 0.9) * (1.4 if last else 1.0) / len(vowels) ** 0.5
    loudness = (1.0 if stressed else 0.75) * (0.7 if last else 1.0)
    spoken = [replace(v, seconds=v.seconds * stretch, voicing=loudness) for v in vowels]
    return [*onset, *spoken, *coda]


def _movements(
    phones: list[Phone], semitones: list[float], narrator: Narrator, rng: np.random.Generator
) -> Phrase:
    seconds = np.array([phone.seconds for phone in phones]) / narrator.rate
    seconds *= rng.uniform(0.85, 1.15, len(phones))
    lengths = np.maximum(1, np.rint(seconds * SAMPLE_RATE / HOP)).astype(int)

    def track(targets: list[float], frames: float) -> NDArray[np.float64]:
        steps = np.repeat(np.array(targets), lengths)
        return scipy.ndimage.gaussian_filter1d(steps, frames, mode="nearest")

    formants = [track([p.formants_hz[k] for p in phones], _MOUTH) for k in range(3)]
    scale = narrator.formant_scale
    return Phrase(
        pitch_hz=narrator.pitch_hz * 2 ** (track(semitones, _MELODY) / 12),
        formants_hz=scale * np.stack(formants, axis=1),
        voicing=track([p.voicing for p in phones], _AMPLITUDE),
        aspiration=track([p.aspiration for p in phones], _AMPLITUDE),
        frication=track([p.frication for p in phones], _AMPLITUDE),
        noise_hz=scale * np.repeat([p.noise_hz for p in phones], lengths),
        noise_width_hz=scale * np.repeat([p.noise_width_hz for p in phones], lengths),
    )
