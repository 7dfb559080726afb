"""The voice of a species: its syllables, their order, its tempo and its pitch."""

from dataclasses import dataclass

import numpy as np

from projects.audio.aviary.names import species_name
from projects.audio.aviary.settings import Stream, generator
from projects.audio.aviary.syllables import KINDS, Syllable

PITCH_SPREAD = 0.5  # octaves either way between individuals, dialects included
_CENTRES_HZ = (2600.0, 3900.0)

# Lowest and highest duration (s), span (octaves) and modulation (Hz) of each kind of syllable.
_SHAPES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "rise": ((0.14, 0.30), (0.6, 1.0), (0, 0)),
    "fall": ((0.14, 0.30), (0.6, 1.0), (0, 0)),
    "arch": ((0.18, 0.35), (0.6, 1.0), (0, 0)),
    "cup": ((0.18, 0.35), (0.6, 1.0), (0, 0)),
    "whistle": ((0.25, 0.60), (0.1, 0.3), (0, 0)),
    "step": ((0.20, 0.40), (0.5, 0.8), (0, 0)),
    "trill": ((0.50, 1.20), (0.4, 0.7), (9, 15)),
    "buzz": ((0.30, 0.70), (0.3, 0.6), (60, 120)),
    "stack": ((0.15, 0.35), (0.2, 0.5), (0, 0)),
    "chip": ((0.03, 0.06), (0.8, 1.2), (0, 0)),
}
_PATTERNS = ("aaaaaa", "abab", "aab", "aaab", "abb", "aaabbb", "abcab", "aabbc", "aaaac", "abac")


@dataclass(frozen=True)
class Species:
    """Voice of one species.

    Attributes:
        index: its place in the aviary.
        genus: invented genus.
        epithet: invented epithet.
        english: invented English name.
        centre_hz: middle of its pitch range.
        syllables: its repertoire: the leading syllable first.
        pattern: indices into `syllables`, in the order in which a phrase sings them.
        gap_s: pause between the syllables of a phrase.
        quickening: factor on each pause after the last (below 1 the phrase accelerates).
        rest_s: mean pause between phrases.
        roll_off: decay of its harmonics.
    """

    index: int
    genus: str
    epithet: str
    english: str
    centre_hz: float
    syllables: tuple[Syllable, ...]
    pattern: tuple[int, ...]
    gap_s: float
    quickening: float
    rest_s: float
    roll_off: float

    @property
    def pitch_range_hz(self) -> tuple[float, float]:
        """Lowest and highest pitch that any individual of the species sings."""
        low = min(s.octaves - s.span / 2 for s in self.syllables) - PITCH_SPREAD
        high = max(s.octaves + s.span / 2 for s in self.syllables) + PITCH_SPREAD
        return self.centre_hz * 2**low, self.centre_hz * 2**high


def draw_species(seed: int, index: int) -> Species:
    """Species `index` (0..89): the same bird whatever the number of species in the aviary."""
    rng = generator(seed, Stream.SPECIES, index)
    genus, epithet, english = species_name(index)
    pattern = tuple("abc".index(letter) for letter in rng.choice(_PATTERNS))
    # Each ten species take the kinds in turn, so that neighbours lead with different syllables.
    order = generator(seed, Stream.KINDS).permutation(len(KINDS))
    lead = KINDS[order[index % len(KINDS)]]
    others = rng.choice([kind for kind in KINDS if kind != lead], size=2, replace=False)
    return Species(
        index=index,
        genus=genus,
        epithet=epithet,
        english=english,
        centre_hz=float(np.exp(rng.uniform(*np.log(_CENTRES_HZ)))),
        syllables=tuple(_draw_syllable(rng, kind) for kind in (lead, *others)),
        pattern=pattern,
        gap_s=float(np.exp(rng.uniform(np.log(0.03), np.log(0.25)))),
        quickening=float(rng.uniform(0.85, 1.1)),
        rest_s=float(rng.uniform(0.8, 2.5)),
        roll_off=float(rng.uniform(2.0, 4.0)),
    )


def _draw_syllable(rng: np.random.Generator, kind: str) -> Syllable:
    seconds, span, modulation = _SHAPES[kind]
    return Syllable(
        kind=kind,
        octaves=float(rng.uniform(-0.2, 0.2)),
        span=float(rng.uniform(*span)),
        seconds=float(rng.uniform(*seconds)),
        modulation_hz=float(rng.uniform(*modulation)),
    )
