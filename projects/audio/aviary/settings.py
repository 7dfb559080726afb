"""What the user chooses about an aviary, and the random streams that follow from its seed."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from projects.errors import UserError

MOST_SPECIES = 90
MOST_RECORDINGS = 100_000
FEWEST_RECORDINGS_PER_SPECIES = 6


@dataclass(frozen=True)
class Aviary:
    """Settings of a synthetic set of recordings.

    Attributes:
        species: number of species, 2..90.
        recordings: number of recordings, at least 6 per species and at most 100,000.
        seed: non-negative; everything else follows from it.

    Raises:
        UserError: a setting is out of its range.
    """

    species: int = 10
    recordings: int = 320
    seed: int = 0

    def __post_init__(self) -> None:
        fewest = FEWEST_RECORDINGS_PER_SPECIES * self.species
        _check("species", self.species, 2, MOST_SPECIES)
        _check(f"recordings for {self.species} species", self.recordings, fewest, MOST_RECORDINGS)
        _check("seed", self.seed, 0, 2**32 - 1)


def _check(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserError(
            f"aviary: expected {name} as a whole number in {low}..{high}, "
            f"got {value!r}; choose one in that range"
        )


class Stream(IntEnum):
    """Which part of the aviary a random generator draws."""

    PLAN = 0
    SPECIES = 1
    RECORDIST = 2
    RECORDING = 3
    DIALECT = 4
    KINDS = 5
    SOUNDSCAPE = 6


def generator(seed: int, stream: Stream, *indices: int) -> np.random.Generator:
    """A generator of its own for each thing drawn, so that order and number do not matter."""
    return np.random.default_rng([seed, int(stream), *indices])
