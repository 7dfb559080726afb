"""One bird singing: an individual of a species, with its dialect, over the time of a recording."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projects.audio.aviary.settings import Stream, generator
from projects.audio.aviary.species import PITCH_SPREAD, Species
from projects.audio.aviary.syllables import render_syllable


@dataclass(frozen=True)
class Individual:
    """How one bird differs from its species.

    Attributes:
        centre_hz: its own pitch.
        tempo: factor on all durations and pauses.
        pattern: its own order of syllables.
    """

    centre_hz: float
    tempo: float
    pattern: tuple[int, ...]


def draw_individual(
    seed: int, species: Species, place: int, rng: np.random.Generator
) -> Individual:
    """An individual from `place` (index of a country), whose birds share a dialect."""
    dialect = generator(seed, Stream.DIALECT, species.index, place)
    octaves = dialect.uniform(-0.15, 0.15) + rng.normal(0.0, 0.19)
    octaves = float(np.clip(octaves, -PITCH_SPREAD, PITCH_SPREAD))
    turn = int(dialect.integers(len(species.pattern)))
    pattern = species.pattern[turn:] + species.pattern[:turn]
    if rng.random() < 0.5:  # some birds sing one syllable once more
        again = int(rng.integers(len(pattern)))
        pattern = (*pattern[:again], pattern[again], *pattern[again:])
    tempo = float(np.exp(dialect.normal(0.0, 0.06) + rng.normal(0.0, 0.10)))
    return Individual(species.centre_hz * 2**octaves, tempo, pattern)


def sing(
    species: Species,
    bird: Individual,
    calling: bool,
    n_samples: int,
    rate: int,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """The dry sound of one bird at a distance of 1 m.

    Args:
        species: its voice.
        bird: the individual.
        calling: single leading syllables (calls) in place of whole phrases (song).
        n_samples: length of the recording.
        rate: samples per second.
        rng: draws the pauses.

    Returns:
        Samples of shape (n_samples,), peak about 1; phrases with silence between them.
    """
    sound = np.zeros(n_samples, dtype=np.float32)
    waves = [
        render_syllable(syllable, bird.centre_hz, bird.tempo, species.roll_off, rate)
        for syllable in species.syllables
    ]
    at = float(rng.uniform(0.1, 0.8))
    while at * rate < n_samples:
        pattern = (0,) * int(rng.integers(2, 5)) if calling else bird.pattern
        loudness = np.float32(rng.uniform(0.6, 1.0))
        gap = species.gap_s * bird.tempo
        for wave in (waves[which] for which in pattern):
            room = sound[int(at * rate) :][: len(wave)]
            room += loudness * wave[: len(room)]
            at += len(wave) / rate + gap * float(rng.uniform(0.9, 1.1))
            gap *= species.quickening
        at += species.rest_s * float(rng.uniform(0.5, 1.8))
    return sound
