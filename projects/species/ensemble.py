"""Several trained networks that answer together: the weighted mean of their probabilities."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Self

import numpy as np

from projects.audio.atomic import write_text
from projects.audio.decode import Sound
from projects.errors import UserError
from projects.species.classifier import SpeciesClassifier
from projects.species.front_ends import FrontEnd

WEIGHTS = "ensemble.json"
MEMBER = "member-{:02}"


@dataclass(frozen=True, eq=False)
class SpeciesEnsemble:
    """What is evaluated, registered and served like a single network.

    Attributes:
        members: Networks, each with its own front end; all tell the same species apart.
        weights: Of each, 0 or more, summing to 1.

    Raises:
        UserError: The members tell different species apart.
    """

    members: list[SpeciesClassifier]
    weights: list[float]

    def __post_init__(self) -> None:
        check_same_labels(self.members)

    @property
    def labels(self) -> list[str]:
        """Species in the order of the probabilities."""
        return self.members[0].labels

    @property
    def seen_audio(self) -> frozenset[str]:
        """Digests of the sounds that a member was trained or selected on."""
        return reduce(frozenset.union, (member.seen_audio for member in self.members))

    @property
    def front_end(self) -> FrontEnd:
        """The members' front end, for those who cut windows themselves.

        Raises:
            UserError: They have different ones.
        """
        first = self.members[0].front_end
        if any(member.front_end != first for member in self.members):
            raise UserError(
                "ensemble: expected members of one front end, of one high-pass and one segment "
                "length, to go through a recording by windows: annotate with one of the members"
            )
        return first

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads what `save` wrote."""
        weights = json.loads((folder / WEIGHTS).read_text(encoding="utf-8"))
        folders = [folder / MEMBER.format(place) for place in range(len(weights))]
        return cls([SpeciesClassifier.load(each) for each in folders], weights)

    def save(self, folder: Path) -> None:
        """Writes each member to a folder of its own, and the weights."""
        folder.mkdir(parents=True)
        for place, member in enumerate(self.members):
            member.save(folder / MEMBER.format(place))
        write_text(folder / WEIGHTS, json.dumps(self.weights))

    def probabilities(self, sound: Sound) -> np.ndarray:
        """Probability of each species in a recording of any length and rate.

        Args:
            sound: The recording.

        Returns:
            (labels,) float64, summing to 1.

        Raises:
            RecordingError: Nothing is left above a member's high-pass.
        """
        return self._mean([member.probabilities(sound) for member in self.members])

    def window_probabilities(self, windows: np.ndarray) -> np.ndarray:
        """Probability of each species in each window by itself.

        Args:
            windows: (windows, segment_samples) float32, cut from what `front_end` prepared.

        Returns:
            (windows, labels) float64, each row summing to 1.
        """
        return self._mean([member.window_probabilities(windows) for member in self.members])

    def _mean(self, answers: list[np.ndarray]) -> np.ndarray:
        """Weighted mean of (..., labels), each member's columns brought into the same order."""
        orders = ([each.labels.index(label) for label in self.labels] for each in self.members)
        ordered = [answer[..., order] for answer, order in zip(answers, orders, strict=True)]
        return weighted_mean(ordered, self.weights)


def weighted_mean(answers: Sequence[np.ndarray], weights: Sequence[float]) -> np.ndarray:
    """Mean of several networks' probabilities.

    Args:
        answers: (..., labels) of each, its labels in the same order.
        weights: Of each, summing to 1.

    Returns:
        (..., labels) float64, none above 1.
    """
    total = np.tensordot(np.asarray(weights), np.stack(answers), 1)
    # Rounded weights may sum to more than 1, and a probability of 1 with them.
    return total / total.sum(axis=-1, keepdims=True)


def check_same_labels(members: Sequence[SpeciesClassifier]) -> None:
    """Refuses networks that tell different species apart.

    Raises:
        UserError: Naming a species that some do not know.
    """
    for member in members[1:]:
        if other := sorted(set(member.labels) ^ set(members[0].labels)):
            raise UserError(
                f"members: expected networks of the same labels, {other[0]!r} is known to "
                "some only; train them on the same recordings"
            )


def load_classifier(folder: Path) -> SpeciesClassifier | SpeciesEnsemble:
    """Reads whatever is served: one network, or several."""
    kind = SpeciesEnsemble if (folder / WEIGHTS).exists() else SpeciesClassifier
    return kind.load(folder)
