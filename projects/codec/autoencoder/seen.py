"""What a model has heard: whole recordings, or stretches of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

Stretch = tuple[str, float, float]
"""Audio digest of a recording, and the seconds from and to which it was heard."""

WHOLE = 1e9
"""The end of a recording that was heard to its end, seconds."""


@dataclass(frozen=True)
class Seen:
    """Stretches of recordings.

    Attributes:
        stretches: In any order.
    """

    stretches: frozenset[Stretch]

    @classmethod
    def from_rows(cls, rows: Iterable[Iterable[str | float]]) -> Self:
        """From what `rows` gave."""
        return cls(frozenset((str(a), float(b), float(c)) for a, b, c in rows))

    @classmethod
    def whole(cls, audio: Iterable[str]) -> Self:
        """Recordings that were heard from start to end."""
        return cls(frozenset((each, 0.0, WHOLE) for each in audio))

    def rows(self) -> list[list[str | float]]:
        """As JSON values, sorted."""
        return [list(stretch) for stretch in sorted(self.stretches)]

    def __or__(self, other: "Seen") -> "Seen":
        """What either has."""
        return Seen(self.stretches | other.stretches)

    def touches(self, audio: str, start: float, end: float) -> bool:
        """Whether anything between two seconds of a recording was heard."""
        return any(
            audio == heard and start < until and since < end
            for heard, since, until in self.stretches
        )
