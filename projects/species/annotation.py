"""What sings from when to when in a recording."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Annotation:
    """One species over one span of time.

    Attributes:
        start: Seconds into the recording.
        end: Seconds into the recording, after `start`.
        species: Its label.
        probability: The highest that the model gave it within the span.
    """

    start: float
    end: float
    species: str
    probability: float


def merged(annotations: Iterable[Annotation]) -> list[Annotation]:
    """Joins annotations of one species that touch or overlap.

    Returns:
        By start, then species; no two of one species touch.
    """
    done: list[Annotation] = []
    open_: dict[str, Annotation] = {}
    for new in sorted(annotations, key=lambda each: each.start):
        last = open_.get(new.species)
        if last and new.start <= last.end:
            end, probability = max(last.end, new.end), max(last.probability, new.probability)
            open_[new.species] = replace(last, end=end, probability=probability)
        else:
            done += [last] if last else []
            open_[new.species] = new
    return sorted([*done, *open_.values()], key=lambda each: (each.start, each.species))
