"""The rule that a new model is not worse than the one it replaces."""

import math
from dataclasses import dataclass

from evaluation.gates.evidence import Compared, Evidence, NoChampion, NotComparable
from evaluation.gates.verdict import Outcome, Row
from projects.errors import UserError

_LOWER_IS_BETTER = ("ece",)


@dataclass(frozen=True)
class NotWorseThanChampion:
    """Non-inferiority: the whole interval of candidate minus champion lies above -margin.

    Attributes:
        metric: Name of the metric, one where higher is better.
        margin: The loss that is still allowed, in units of the metric, at least 0.

    Raises:
        UserError: If the metric is one where lower is better, or the margin is out of range.
    """

    metric: str
    margin: float

    def __post_init__(self) -> None:
        if self.metric in _LOWER_IS_BETTER:
            raise UserError(
                f"Expected a champion metric where higher is better, got {self.metric!r}: compare"
                " on macro_f1, and limit this one with a rule."
            )
        if not (math.isfinite(self.margin) and self.margin >= 0):
            raise UserError(f"Expected a champion margin of 0 or more, got {self.margin}: try 0.02")

    def judge(self, evidence: Evidence) -> Row:
        """Returns PASS for a first model, ERROR wherever a comparison is wanting."""
        rule = f"{self.metric} - champion's > {0 - self.margin:g}"
        match evidence.champion:
            case NoChampion():
                return Row(rule, Outcome.PASS, note="first model")
            case Compared() as compared:
                return self._judge_compared(rule, compared, evidence.dataset_digest)
            case NotComparable(reason):
                return Row(rule, Outcome.ERROR, note=f"cannot be compared: {reason}")
            case None:
                return Row(rule, Outcome.ERROR, note="nobody looked for a champion")

    def _judge_compared(self, rule: str, compared: Compared, digest: str) -> Row:
        difference = compared.difference
        if compared.metric != self.metric:
            return Row(rule, Outcome.ERROR, note=f"was compared on {compared.metric}")
        if compared.dataset_digest != digest:
            note = f"was compared on dataset {compared.dataset_digest}, not {digest}"
            return Row(rule, Outcome.ERROR, difference, note=note)
        if difference.lower is None or difference.upper is None:
            return Row(rule, Outcome.ERROR, difference, note="the difference has no interval")
        if not difference.finite:
            return Row(rule, Outcome.ERROR, difference, note="not finite")
        miss = max(0.0, -self.margin - difference.lower)
        return Row(rule, self._outcome(difference.lower, difference.upper), difference, miss=miss)

    def _outcome(self, lower: float, upper: float) -> Outcome:
        if lower > -self.margin:
            return Outcome.PASS
        return Outcome.STOP if upper < 0 else Outcome.INVESTIGATE
