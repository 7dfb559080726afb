"""A classifier over a long recording: windows, those in which something goes on, and answers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projects.audio.activity import window_activity
from projects.audio.decode import RecordingError
from projects.audio.stretches import Stretch, stretches
from projects.errors import UserError
from projects.species.annotation import Annotation, merged
from projects.species.classifier import SpeciesClassifier
from projects.species.ensemble import SpeciesEnsemble

STRETCH_SECONDS = 60
MARGIN_SECONDS = 1
"""By then the resampler and the high-pass have forgotten that the sound was cut."""


@dataclass(frozen=True)
class Detector:
    """Where in a recording a classifier hears what.

    Attributes:
        classifier: Names a species for each window, whether one sings or not.
        hop: Seconds from window to window.
        threshold: Probability from which a window's species counts.
        activity: Decibels, averaged over a window, above the noise floor of its stretch; the
            classifier is asked only about windows with more.

    Raises:
        UserError: The windows would leave gaps.
    """

    classifier: SpeciesClassifier | SpeciesEnsemble
    hop: float
    threshold: float
    activity: float

    def __post_init__(self) -> None:
        longest = self.classifier.front_end.segment_seconds
        if self.hop > longest:
            raise UserError(
                f"hop: expected at most {longest:g} s, the length of the model's windows, "
                f"got {self.hop:g}"
            )

    @property
    def band(self) -> tuple[float, float]:
        """Lowest and highest frequency that is listened to, in Hz."""
        front_end = self.classifier.front_end
        return front_end.high_pass, front_end.sample_rate / 2

    def annotations(self, path: Path, tell: Callable[[float], object]) -> list[Annotation]:
        """Listens through a recording, a stretch at a time.

        Each window answers for its middle half, or for `hop` seconds where that is more; the
        first also for what lies before, the last for what comes after. So an annotation begins and
        ends near the call, where the union of all its windows would be wider by seconds, and one
        window that was missed within a song does not part it. What touches and is of one species
        is one annotation.

        Args:
            path: A recording of any length.
            tell: Takes the seconds that were listened to since it was called last.

        Raises:
            RecordingError: The recording cannot be used; see `stretches`.
        """
        heard: list[Annotation] = []
        after = int(np.ceil(self.classifier.front_end.segment_seconds)) + MARGIN_SECONDS
        for stretch in stretches(path, STRETCH_SECONDS, MARGIN_SECONDS, after):
            heard += self._heard(stretch)
            tell(stretch.seconds)
        return merged(heard)

    def _heard(self, stretch: Stretch) -> list[Annotation]:
        front_end = self.classifier.front_end
        try:
            samples = front_end.prepared(stretch.sound)
        except RecordingError:  # Nothing is left above the high-pass, so nothing sings.
            return []
        first = (stretch.begin - stretch.before) * front_end.sample_rate
        end = first + len(samples)
        starts = self._starts(stretch, end)
        activity = window_activity(samples, starts - first, front_end.segment_samples)
        active = activity > self.activity
        if not active.any():
            return []
        windows = front_end.cut(samples, starts[active] - first)
        answers = self.classifier.window_probabilities(windows)
        spans = self._spans(starts, end if stretch.last else None)[active]
        return self._above(answers, spans / front_end.sample_rate)

    def _above(self, answers: np.ndarray, spans: np.ndarray) -> list[Annotation]:
        labels = self.classifier.labels
        return [
            Annotation(float(begin), float(end), labels[label], float(answer[label]))
            for answer, (begin, end) in zip(answers, spans, strict=True)
            for label in np.flatnonzero(answer >= self.threshold)
        ]

    def _starts(self, stretch: Stretch, end: int) -> np.ndarray:
        """First samples, counted from the recording's begin, of the windows of a stretch.

        They lie on one grid for the whole recording, and one more ends with the recording.
        """
        front_end = self.classifier.front_end
        hop = round(self.hop * front_end.sample_rate)
        begin = stretch.begin * front_end.sample_rate
        last = max(end - front_end.segment_samples, 0)
        stop = last if stretch.last else begin + STRETCH_SECONDS * front_end.sample_rate
        starts = np.arange(-(-begin // hop) * hop, stop, hop)
        return np.append(starts, last) if stretch.last else starts

    def _spans(self, starts: np.ndarray, end: int | None) -> np.ndarray:
        """From which sample to which each window answers, (windows, 2)."""
        front_end = self.classifier.front_end
        length = front_end.segment_samples
        width = max(round(self.hop * front_end.sample_rate), length // 2)
        begins = starts + (length - width) // 2
        spans = np.stack([begins, begins + width], axis=1)
        spans[starts == 0, 0] = 0
        if end is not None:
            spans[-1, 1] = end
        return spans
