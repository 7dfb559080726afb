"""What the user chooses about a simulated study, and the random streams that follow from it."""

from enum import IntEnum

import numpy as np
from pydantic import Field

from projects.config import Config

SAMPLE_RATE = 24_000
"""Samples a second of every soundtrack: EnCodec's own rate."""

FRAME = 320
"""Samples of a frame, as EnCodec's: 75 frames a second."""


class Study(Config):
    """Settings of a simulated fMRI study: one listener, several runs, synthetic sound.

    `Study.validated({...})` refuses what is out of range with a `UserError` of one line.
    """

    runs: int = Field(3, ge=1, le=99, description="runs, each with a soundtrack of its own")
    minutes: float = Field(4.0, ge=0.25, le=60, description="of a run, to the nearest whole TR")
    tr: float = Field(1.5, ge=0.4, le=4, description="seconds from one fMRI volume to the next")
    voxels: int = Field(40, ge=4, le=10_000, description="voxels; a quarter carries nothing")
    seed: int = Field(0, ge=0, lt=2**32, description="everything else follows from it")

    @property
    def n_trs(self) -> int:
        """Volumes of a run."""
        return round(self.minutes * 60 / self.tr)

    @property
    def samples(self) -> int:
        """Samples of a run's soundtrack: whole frames that fill its TRs."""
        return round(self.n_trs * self.tr * SAMPLE_RATE / FRAME) * FRAME


class Stream(IntEnum):
    """Which part of the study a random generator draws."""

    NARRATOR = 0
    SOUNDTRACK = 1
    WEIGHTS = 2
    NOISE = 3


def generator(seed: int, stream: Stream, *indices: int) -> np.random.Generator:
    """A generator of its own for each thing drawn, so that order and number do not matter."""
    return np.random.default_rng([seed, int(stream), *indices])
