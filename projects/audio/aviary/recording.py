"""A planned recording made into samples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from projects.audio.aviary.background import insects, noise_spectrum, wind
from projects.audio.aviary.names import RECORDIST_INDEX, SPECIES_INDEX
from projects.audio.aviary.place import impulse_response, path_gain
from projects.audio.aviary.recordist import COUNTRIES, draw_recordist
from projects.audio.aviary.settings import Aviary, Stream, generator
from projects.audio.aviary.song import draw_individual, sing
from projects.audio.aviary.species import draw_species

SHORTEST_S, LONGEST_S = 3, 60
# Nearest and farthest bird, in metres, of each of Xeno-canto's grades of quality.
DISTANCES_M = {"A": (4, 10), "B": (8, 20), "C": (16, 35), "D": (30, 50), "E": (45, 70)}


@dataclass(frozen=True)
class Recording:
    """What has to be known of a recording to synthesise it.

    Attributes:
        aviary: settings of the set.
        index: number of the recording in the set.
        species: index of the species that it is of.
        recordist: index of its recordist.
        place: index of its country.
        calling: calls in place of song.
        quality: Xeno-canto's grade, A (best) to E.
        seconds: its length as catalogued, in whole seconds.
    """

    aviary: Aviary
    index: int
    species: int
    recordist: int
    place: int
    calling: bool
    quality: str
    seconds: int

    @classmethod
    def from_row(cls, aviary: Aviary, row: Mapping[Any, Any]) -> "Recording":
        """Read a row of the plan (see `plan_recordings`)."""
        minutes, seconds = str(row["length"]).split(":")
        return cls(
            aviary=aviary,
            index=int(str(row["id"]).removeprefix("SYN")),
            species=SPECIES_INDEX[row["gen"], row["sp"]],
            recordist=RECORDIST_INDEX[row["rec"]],
            place=COUNTRIES.index(row["cnt"]),
            calling=row["type"] == "call",
            quality=str(row["q"]),
            seconds=60 * int(minutes) + int(seconds),
        )


def synthesise(recording: Recording) -> tuple[NDArray[np.float32], int]:
    """Samples of a recording, a pure function of its argument.

    Returns:
        Samples of shape (n,) with peak in 0.25..0.95, and the rate in samples per second;
        n / rate is within half a second of the catalogued length and in 3..60.
    """
    rng = generator(recording.aviary.seed, Stream.RECORDING, recording.index)
    recordist = draw_recordist(recording.aviary.seed, recording.recordist)
    seconds = np.clip(recording.seconds + rng.uniform(-0.49, 0.49), SHORTEST_S, LONGEST_S)
    n = int(np.ceil(seconds * recordist.rate))
    metres = float(rng.uniform(*DISTANCES_M[recording.quality]))
    decay = impulse_response(
        recordist.rate, float(rng.uniform(0.2, 1.2)), metres / 60.0 * rng.uniform(0.3, 1.5), rng
    )
    size = scipy.fft.next_fast_len(n + len(decay), real=True)
    hz = scipy.fft.rfftfreq(size, 1 / recordist.rate).astype(np.float32)
    near = scipy.fft.rfft(_foreground(recording, n, recordist.rate, rng), size)
    far = scipy.fft.rfft(_other_birds(recording, n, recordist.rate, rng), size)
    mix = near * path_gain(hz, metres) + far * path_gain(hz, metres * rng.uniform(2.0, 5.0))
    mix *= scipy.fft.rfft(decay, size)
    mix += scipy.fft.rfft(ambience(n, recordist.rate, rng), size)
    mix += noise_spectrum(hz, recordist.noise_slope, recordist.noise_db, size, rng)
    sound = scipy.fft.irfft(mix * recordist.response(hz), size)[:n]
    return _set_gain(sound, rng), recordist.rate


def _foreground(
    recording: Recording, n: int, rate: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    species = draw_species(recording.aviary.seed, recording.species)
    bird = draw_individual(recording.aviary.seed, species, recording.place, rng)
    return sing(species, bird, recording.calling, n, rate, rng)


def _other_birds(
    recording: Recording, n: int, rate: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Up to two birds of the set's other species."""
    seed = recording.aviary.seed
    sound = np.zeros(n, dtype=np.float32)
    for _ in range(int(rng.choice(3, p=(0.5, 0.35, 0.15)))):
        step = int(rng.integers(1, recording.aviary.species))
        species = draw_species(seed, (recording.species + step) % recording.aviary.species)
        bird = draw_individual(seed, species, recording.place, rng)
        sound += sing(species, bird, False, n, rate, rng)
    return sound


def ambience(n: int, rate: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Wind and, three times in ten, an insect, shape (n,)."""
    sound = wind(n, rate, float(rng.uniform(-45.0, -15.0)), rng)
    if rng.random() < 0.3:
        sound += insects(n, rate, float(rng.uniform(-55.0, -38.0)), rng)
    return sound


def _set_gain(sound: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    return sound * np.float32(rng.uniform(0.25, 0.95) / np.abs(sound).max())
