"""The plan of an aviary: a table of its recordings in Xeno-canto's columns."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from projects.audio.aviary.names import MOST_RECORDISTS, species_name
from projects.audio.aviary.recording import LONGEST_S, SHORTEST_S
from projects.audio.aviary.recordist import PLACES, Recordist, draw_recordist
from projects.audio.aviary.settings import (
    FEWEST_RECORDINGS_PER_SPECIES,
    Aviary,
    Stream,
    generator,
)

SOURCE = "synthetic (Syrinx demo aviary)"
_LICENCE = "//creativecommons.org/publicdomain/zero/1.0/"
_FEWEST_RECORDISTS_PER_SPECIES = 4
_SPECIES_TAIL = 0.6  # exponents of Zipf's law: how steeply counts fall with rank
_RECORDIST_TAIL = 0.8
_QUALITY_SHARES = {"A": 0.35, "B": 0.35, "C": 0.2, "D": 0.07, "E": 0.03}


def plan_recordings(aviary: Aviary) -> pd.DataFrame:
    """Which species, recordist, place, time and length each recording has.

    Counts per species and per recordist are long-tailed; every species has at least 6
    recordings by at least 4 recordists.

    Returns:
        One row a recording with Xeno-canto's columns id, gen, sp, en, rec, cnt, lat, lng, type,
        q, length (m:ss), date, time, lic, file-name and smp (Hz), and `source`, which says that
        the recording is synthetic.
    """
    rng = generator(aviary.seed, Stream.PLAN)
    counts = _species_counts(aviary, rng)
    n_recordists = int(np.clip(aviary.recordings // 8, 12, MOST_RECORDISTS))
    recordists = [draw_recordist(aviary.seed, k) for k in range(n_recordists)]
    pairs = [
        (species, recordists[k])
        for species, count in enumerate(counts)
        for k in _choose_recordists(int(count), n_recordists, rng)
    ]
    order = rng.permutation(len(pairs))
    rows = [_row(number, *pairs[k], rng=rng) for number, k in enumerate(order)]
    return pd.DataFrame(rows)


def _species_counts(aviary: Aviary, rng: np.random.Generator) -> NDArray[np.int64]:
    """Recordings of each species: 6 each and the rest by Zipf's law over a random ranking."""
    weights = np.arange(1, aviary.species + 1, dtype=float) ** -_SPECIES_TAIL
    spare = aviary.recordings - FEWEST_RECORDINGS_PER_SPECIES * aviary.species
    edges = np.rint(np.cumsum(weights) / weights.sum() * spare).astype(np.int64)
    counts = FEWEST_RECORDINGS_PER_SPECIES + np.diff(edges, prepend=0)
    return rng.permutation(counts)


def _choose_recordists(
    count: int, n_recordists: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    shares = np.arange(1, n_recordists + 1, dtype=float) ** -_RECORDIST_TAIL
    shares /= shares.sum()
    first = rng.choice(n_recordists, _FEWEST_RECORDISTS_PER_SPECIES, replace=False, p=shares)
    rest = rng.choice(n_recordists, count - len(first), p=shares)
    return np.concatenate([first, rest])


def _row(
    number: int, species: int, recordist: Recordist, *, rng: np.random.Generator
) -> dict[str, object]:
    genus, epithet, english = species_name(species)
    country, lat, lng = PLACES[recordist.place]
    identity = f"SYN{number:06d}"
    seconds = int(np.clip(np.rint(SHORTEST_S + rng.gamma(1.1, 8.5)), SHORTEST_S, LONGEST_S))
    day = np.datetime64("2015-03-01") + rng.integers(10) * 365 + rng.integers(120)
    minute = int(rng.normal(6.5 * 60, 90)) % (24 * 60)
    return {
        "id": identity,
        "gen": genus,
        "sp": epithet,
        "en": english,
        "rec": recordist.name,
        "cnt": country,
        "lat": round(lat + float(rng.uniform(-2.0, 2.0)), 4),
        "lng": round(lng + float(rng.uniform(-2.0, 2.0)), 4),
        "type": "song" if rng.random() < 0.85 else "call",
        "q": str(rng.choice(list(_QUALITY_SHARES), p=list(_QUALITY_SHARES.values()))),
        "length": f"{seconds // 60}:{seconds % 60:02d}",
        "date": str(day),
        "time": f"{minute // 60:02d}:{minute % 60:02d}",
        "lic": _LICENCE,
        "file-name": f"{identity}-{genus}-{epithet}{recordist.suffix}",
        "smp": recordist.rate,
        "source": SOURCE,
    }
