"""A gate: rules, and the one answer that follows from theirs."""

from dataclasses import dataclass
from typing import Protocol

from evaluation.gates.ceiling import Ceiling
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.evidence import Evidence
from evaluation.gates.floor import PerClassFloor
from evaluation.gates.verdict import Outcome, Row, Verdict
from projects.errors import UserError


class Rule(Protocol):
    """Anything that can judge evidence."""

    def judge(self, evidence: Evidence) -> Row:
        """Returns what the rule finds; bad evidence is an ERROR row, not an exception."""


@dataclass(frozen=True)
class Gate:
    """What a model must meet.

    Attributes:
        name: Name of the gate.
        rules: What the model must meet by itself.
        champion: What it must meet beside the model it replaces, None if nothing.
        floor: What each class must meet, None if nothing.
        ceilings: What it may cost beside the model it replaces, at most one a cost.

    Raises:
        UserError: If there are two ceilings for one cost.
    """

    name: str
    rules: tuple[Rule, ...]
    champion: NotWorseThanChampion | None = None
    floor: PerClassFloor | None = None
    ceilings: tuple[Ceiling, ...] = ()

    def __post_init__(self) -> None:
        costs = [ceiling.cost for ceiling in self.ceilings]
        if len(set(costs)) < len(costs):
            raise UserError(f"Expected one ceiling a cost, got {', '.join(costs)}: keep one each.")


def decide(gate: Gate, evidence: Evidence, expected_digest: str) -> Verdict:
    """Judges a model; the outcome is that of the worst row.

    Args:
        gate: The gate.
        evidence: What was measured.
        expected_digest: Digest of the test set that the model had to be scored on.

    Returns:
        The verdict, ERROR where the gate has no rules or the evidence is of another test set.
    """
    optional = (gate.floor, *gate.ceilings, gate.champion)
    rules = (*gate.rules, *(rule for rule in optional if rule is not None))
    rows = (*_faults(gate, evidence, expected_digest), *(rule.judge(evidence) for rule in rules))
    outcome = max((row.outcome for row in rows), key=lambda outcome: outcome.severity)
    return Verdict(gate.name, outcome, rows)


def _faults(gate: Gate, evidence: Evidence, expected_digest: str) -> list[Row]:
    """Returns an ERROR row for each reason why no rule can be believed."""
    faults = []
    # A floor, a ceiling or a champion alone says too little of how good the model is.
    if not gate.rules:
        faults.append(Row("at least one rule", Outcome.ERROR, note="the gate has no rules"))
    if not expected_digest or evidence.dataset_digest != expected_digest:
        note = f"got {evidence.dataset_digest or 'no digest'}"
        faults.append(Row(f"dataset is {expected_digest or 'named'}", Outcome.ERROR, note=note))
    return faults
