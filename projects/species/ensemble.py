"""Several trained networks that answer together: the weighted mean of their probabilities."""

import json
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
        for member in self.members[1:]:
            if other := sorted(set(member.labels) ^ set(self.labels)):
                raise UserError(
                    f"members: expected networks of the same labels, {other[0]!r} is known to "
                    "some only; train them on the same recordings"
                )

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
        total = np.zeros_like(answers[0])
        for member, weight, answer in zip(self.members, self.weights, answers, strict=True):
            order = [member.labels.index(label) for label in self.labels]
            total += weight * answer[..., order]
        return total


def load_classifier(folder: Path) -> SpeciesClassifier | SpeciesEnsemble:
    """Reads whatever is served: one network, or several."""
    kind = SpeciesEnsemble if (folder / WEIGHTS).exists() else SpeciesClassifier
    return kind.load(folder)
