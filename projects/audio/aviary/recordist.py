"""Recordists: where they live, what they record with and how it colours what they record."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projects.audio.aviary.names import recordist_name
from projects.audio.aviary.settings import Stream, generator

# Country with a latitude and longitude inside it.
PLACES = (
    ("Sweden", 59.5, 15.0),
    ("Poland", 52.0, 19.5),
    ("France", 46.5, 2.5),
    ("Spain", 40.0, -4.0),
    ("Colombia", 4.5, -73.5),
    ("Brazil", -15.0, -48.0),
    ("Kenya", 0.5, 37.0),
    ("Japan", 36.0, 138.0),
)
COUNTRIES = tuple(country for country, _, _ in PLACES)
_RATES_HZ = (22050, 32000, 44100, 48000)
_RATE_SHARES = (0.15, 0.2, 0.4, 0.25)
# No Ogg: its streams carry a random number, and the same aviary would get another digest.
_SUFFIXES = (".flac", ".wav")
_SUFFIX_SHARES = (0.8, 0.2)
_RESPONSE_KNOTS_HZ = (100.0, 300.0, 700.0, 1500.0, 2500.0, 4000.0, 6500.0, 11000.0, 24000.0)


@dataclass(frozen=True)
class Recordist:
    """One recordist and the equipment.

    Attributes:
        index: place in the aviary.
        name: invented name.
        place: index of the home in PLACES.
        rate: samples per second.
        suffix: file format, with its dot.
        response_db: the microphone's gain at the knots of its response.
        noise_db: level of the equipment's noise, re a bird's peak at 1 m.
        noise_slope: its colour: power falls as frequency ** -slope (0 white, 1 pink).
    """

    index: int
    name: str
    place: int
    rate: int
    suffix: str
    response_db: tuple[float, ...]
    noise_db: float
    noise_slope: float

    def response(self, hz: NDArray[np.float32]) -> NDArray[np.float32]:
        """Linear gain of the microphone at frequencies `hz`, shape as `hz`."""
        knots = np.log(_RESPONSE_KNOTS_HZ)
        gain_db = np.interp(np.log(np.maximum(hz, 20.0)), knots, self.response_db)
        return (10.0 ** (gain_db / 20.0)).astype(np.float32)


def draw_recordist(seed: int, index: int) -> Recordist:
    """Recordist `index` (0..399), the same whatever the number of recordists."""
    rng = generator(seed, Stream.RECORDIST, index)
    response_db = rng.normal(0.0, 5.0, len(_RESPONSE_KNOTS_HZ))
    response_db[:2] -= rng.uniform(6.0, 20.0) * np.array([1.0, 0.5])  # low cut against wind
    return Recordist(
        index=index,
        name=recordist_name(index),
        place=int(rng.integers(len(PLACES))),
        rate=int(rng.choice(_RATES_HZ, p=_RATE_SHARES)),
        suffix=str(rng.choice(_SUFFIXES, p=_SUFFIX_SHARES)),
        response_db=tuple(float(db) for db in response_db),
        noise_db=float(rng.uniform(-64.0, -46.0)),
        noise_slope=float(rng.uniform(0.0, 1.5)),
    )
