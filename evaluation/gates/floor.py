"""The rule that no class is left behind: an average hides the one that is never recognised."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evaluation.bootstrap import Interval
from evaluation.gates.comparison import Comparison
from evaluation.gates.evidence import Evidence
from evaluation.gates.verdict import Outcome, Row
from projects.errors import UserError

ClassMetric = Literal["precision", "recall", "f1", "average_precision"]
_NAMED = 3  # failing classes that a note names


@dataclass(frozen=True)
class PerClassFloor:
    """A limit for every class that has enough test clips to be judged by.

    Attributes:
        metric: A measured column of `evaluation.classification.per_class_table`, in [0, 1].
        pass_when: What each of these classes must meet, `>` or `>=` a limit.
        support: The least number of test clips, at least 1.

    Raises:
        UserError: If the condition is not one from below, or the support is out of range.
    """

    metric: ClassMetric
    pass_when: Comparison
    support: int

    def __post_init__(self) -> None:
        if not self.pass_when.upward:
            raise UserError(
                f'Expected a floor with > or >=, got {str(self.pass_when)!r}: write it as "> 0.1".'
            )
        if self.support < 1:
            raise UserError(
                f"Expected a floor for classes of 1 or more clips, got {self.support}: try 5."
            )

    def judge(self, evidence: Evidence) -> Row:
        """Returns PASS or, where a class fails or none can be judged, INVESTIGATE.

        ERROR where no class was measured, or a number that is needed is missing or not finite.
        """
        rule = f"{self.metric} {self.pass_when} in each class of {self.support} clips or more"
        fault = self._fault(evidence.classes)
        if fault:
            return Row(rule, Outcome.ERROR, note=fault)
        judged = {
            label: numbers[self.metric]
            for label, numbers in evidence.classes.items()
            if self._counts(numbers)
        }
        note = f"judged {len(judged)} of {len(evidence.classes)} classes"
        if not judged:
            return Row(rule, Outcome.INVESTIGATE, note=note)
        worst = min(judged.values())
        failing = {
            label: value for label, value in judged.items() if not self.pass_when.holds(value)
        }
        outcome = Outcome.INVESTIGATE if failing else Outcome.PASS
        note += _named(failing)
        return Row(rule, outcome, Interval(worst), self.pass_when.miss(worst), note)

    def _counts(self, numbers: Mapping[str, float]) -> bool:
        return numbers["support"] >= self.support

    def _fault(self, classes: Mapping[str, Mapping[str, float]]) -> str:
        """Returns why the classes cannot be judged, empty where they can."""
        if not classes:
            return "no class was measured"
        for label, numbers in classes.items():
            if not _finite(numbers, "support"):
                return f"no finite support of {label}"
            # A class without clips has no finite metric, and needs none.
            if self._counts(numbers) and not _finite(numbers, self.metric):
                return f"no finite {self.metric} of {label}"
        return ""


def _finite(numbers: Mapping[str, float], name: str) -> bool:
    return math.isfinite(numbers.get(name, math.nan))


def _named(failing: Mapping[str, float]) -> str:
    """Returns the worst of the failing classes in words, empty where there are none."""
    if not failing:
        return ""
    worst_first = sorted(failing, key=lambda label: (failing[label], label))
    named = ", ".join(f"{label} {failing[label]:.4g}" for label in worst_first[:_NAMED])
    more = len(failing) - _NAMED
    return f"; failing: {named}" + (f" and {more} more" if more > 0 else "")
