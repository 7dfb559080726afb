"""The rule that a new model does not cost much more than the one it replaces."""

import math
from dataclasses import dataclass
from typing import Literal

from evaluation.bootstrap import Interval
from evaluation.gates.evidence import Evidence, NoChampion
from evaluation.gates.verdict import Outcome, Row
from projects.errors import UserError

Cost = Literal["latency", "size"]


@dataclass(frozen=True)
class Ceiling:
    """What a model costs is at most so many times what the champion costs.

    Attributes:
        cost: `latency`, in seconds a recording, or `size`, in bytes.
        times: How many times the champion's it may be, above 0; below 1 asks for a cheaper model.

    Raises:
        UserError: If `times` is out of range.
    """

    cost: Cost
    times: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.times) and self.times > 0):
            raise UserError(
                f"Expected a {self.cost} ceiling above 0 times the champion's, got {self.times}:"
                " try 1.5."
            )

    def judge(self, evidence: Evidence) -> Row:
        """Returns PASS for a first model, ERROR unless both costs are known and above 0."""
        rule = f"{self.cost} / champion's <= {self.times:g}"
        if isinstance(evidence.champion, NoChampion):
            return Row(rule, Outcome.PASS, note="first model")
        ours = evidence.costs.get(self.cost, math.nan)
        theirs = (evidence.champion_costs or {}).get(self.cost, math.nan)
        for whose, cost in (("the model", ours), ("the champion", theirs)):
            if not (math.isfinite(cost) and cost > 0):
                return Row(rule, Outcome.ERROR, note=f"{whose} has no {self.cost} above 0")
        ratio = ours / theirs
        # Never a STOP: a person may find that the quality is worth it.
        outcome = Outcome.PASS if ratio <= self.times else Outcome.INVESTIGATE
        return Row(rule, outcome, Interval(ratio), miss=max(0.0, ratio - self.times))
