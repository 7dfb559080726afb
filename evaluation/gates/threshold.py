"""The rule that a metric, or a bound of its interval, clears a limit."""

from dataclasses import dataclass
from typing import Literal

from evaluation.gates.comparison import Comparison
from evaluation.gates.evidence import Evidence
from evaluation.gates.verdict import Outcome, Row
from projects.errors import UserError

Bound = Literal["value", "lower", "upper"]


@dataclass(frozen=True)
class Threshold:
    """A limit to pass and, if wanted, one to stop at; between them a person looks.

    Attributes:
        metric: Name of the metric.
        pass_when: The condition for PASS.
        stop_when: The condition for STOP, None if nothing stops.
        bound: What must meet the conditions: the value, or a bound of its interval.

    Raises:
        UserError: If some value would both pass and stop.
    """

    metric: str
    pass_when: Comparison
    stop_when: Comparison | None = None
    bound: Bound = "value"

    def __post_init__(self) -> None:
        if self.stop_when is not None and self.pass_when.overlaps(self.stop_when):
            raise UserError(
                f"Expected a stop that no passing value meets, got pass {str(self.pass_when)!r} and"
                f" stop {str(self.stop_when)!r}: move the stop to the far side of the pass."
            )

    def judge(self, evidence: Evidence) -> Row:
        """Returns the outcome, ERROR unless every number of the metric is there and finite."""
        name = self.metric if self.bound == "value" else f"{self.metric} {self.bound} bound"
        rule = f"{name} {self.pass_when}"
        measured = evidence.metrics.get(self.metric)
        if measured is None:
            return Row(rule, Outcome.ERROR, note="not measured")
        bound = getattr(measured, self.bound)
        if bound is None:
            return Row(rule, Outcome.ERROR, measured, note=f"has no {self.bound} bound")
        if not measured.finite:
            return Row(rule, Outcome.ERROR, measured, note="not finite")
        return Row(rule, self._outcome(bound), measured, miss=self.pass_when.miss(bound))

    def _outcome(self, bound: float) -> Outcome:
        if self.pass_when.holds(bound):
            return Outcome.PASS
        if self.stop_when is not None and self.stop_when.holds(bound):
            return Outcome.STOP
        return Outcome.INVESTIGATE
