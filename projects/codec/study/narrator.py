"""Who speaks: what sets one synthetic voice apart from another."""

from dataclasses import dataclass

import numpy as np

from projects.codec.study.settings import Stream, generator

_LOWEST_PITCH_HZ, _HIGHEST_PITCH_HZ = 85.0, 230.0
_LONGEST_TRACT_CM, _SHORTEST_TRACT_CM = 18.0, 14.0
_MEDIUM_TRACT_CM = 17.5  # of the men whose formants the phones have


@dataclass(frozen=True)
class Narrator:
    """One voice.

    Attributes:
        pitch_hz: mean pitch.
        pitch_range: standard deviation of its accents, semitones.
        tract_cm: length of the vocal tract; formants go with its inverse.
        rate: factor on the speed of speech.
        breathiness: noise of the glottis relative to its pulses.
        effort_hz: corner of the glottal spectrum, which is high in a pressed voice.
        jitter: standard deviation of a pitch period relative to its length.
    """

    pitch_hz: float
    pitch_range: float
    tract_cm: float
    rate: float
    breathiness: float
    effort_hz: float
    jitter: float

    @property
    def formant_scale(self) -> float:
        """Factor on the frequencies of the phones."""
        return _MEDIUM_TRACT_CM / self.tract_cm


def draw_narrator(seed: int, run: int, index: int) -> Narrator:
    """Narrator `index` of a run; every run has its own, as a split by run asks for.

    High voices have short vocal tracts, with some scatter.
    """
    rng = generator(seed, Stream.NARRATOR, run, index)
    # Neighbours are drawn from the low and the high half in turn, so that they can be told apart.
    height = float(rng.uniform(0.0, 0.5)) + 0.5 * (index % 2)
    octaves = np.log2(_HIGHEST_PITCH_HZ / _LOWEST_PITCH_HZ)
    tract_cm = _LONGEST_TRACT_CM + height * (_SHORTEST_TRACT_CM - _LONGEST_TRACT_CM)
    return Narrator(
        pitch_hz=float(_LOWEST_PITCH_HZ * 2 ** (height * octaves)),
        pitch_range=float(rng.uniform(1.2, 3.0)),
        tract_cm=float(tract_cm + rng.uniform(-0.5, 0.5)),
        rate=float(rng.uniform(0.85, 1.2)),
        breathiness=float(np.exp(rng.uniform(np.log(0.01), np.log(0.08)))),
        effort_hz=float(rng.uniform(120.0, 350.0)),
        jitter=float(rng.uniform(0.003, 0.01)),
    )
