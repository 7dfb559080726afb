"""What each gate says of a recipe, in one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evaluation.bootstrap import Interval
from evaluation.classification import METRICS
from evaluation.gates.evidence import Evidence
from evaluation.gates.gate import Gate, Rule, decide
from evaluation.gates.reader import BUNDLED, load_gate
from evaluation.gates.threshold import Threshold
from evaluation.gates.verdict import Outcome, Row
from evaluation.markdown import number
from evaluation.training_metrics import TRAINING_METRICS

_IN_WORDS = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}


@dataclass(frozen=True)
class Answer:
    """One gate's answer to one recipe.

    Attributes:
        gate: Name of the gate.
        outcome: The worst of its rules.
        reasons: Why it is not a pass, one a rule; empty for a pass.
    """

    gate: str
    outcome: Outcome
    reasons: tuple[str, ...]

    def sentence(self) -> str:
        """The answer in words, as `gate_2: GO`."""
        if self.outcome is Outcome.PASS:
            return f"{self.gate}: GO"
        return f"{self.gate}: {self.outcome.value}: {'; '.join(self.reasons)}"


def classification_gates() -> list[Gate]:
    """The bundled gates that ask for nothing but what is measured of a classifier."""
    gates = [load_gate(path.stem) for path in sorted(BUNDLED.glob("*.yaml"))]
    return [gate for gate in gates if _answerable(gate)]


def go_no_go(
    gate: Gate,
    metrics: Mapping[str, Interval],
    classes: Mapping[str, Mapping[str, float]],
    dataset: str,
) -> Answer:
    """Judges a recipe.

    Args:
        gate: What it asks beside a champion is left out: nothing is promoted here.
        metrics: Name to mean over the recipe's networks, with its interval.
        classes: As `Evidence.classes`, for a gate with a floor.
        dataset: Digest of the test set.
    """
    evidence = Evidence(metrics, dataset, classes=classes)
    alone = replace(gate, champion=None, ceilings=())
    rules = [*alone.rules, *([alone.floor] if alone.floor else [])]
    rows = [(rule, rule.judge(evidence)) for rule in rules]
    reasons = [_reason(rule, row) for rule, row in rows if row.outcome is not Outcome.PASS]
    return Answer(gate.name, decide(alone, evidence, dataset).outcome, tuple(reasons))


def _answerable(gate: Gate) -> bool:
    measured = {*METRICS, *TRAINING_METRICS}
    return all(isinstance(rule, Threshold) and rule.metric in measured for rule in gate.rules)


def _reason(rule: Rule, row: Row) -> str:
    """Why a rule is not met, with the limits that matter."""
    if not isinstance(rule, Threshold):
        return f"{row.rule}: {row.note}"
    if row.outcome is Outcome.ERROR or row.measured is None:
        return f"{rule.metric} {'' if row.note.startswith('has ') else 'is '}{row.note}"
    name = rule.metric if rule.bound == "value" else f"{rule.metric}, {rule.bound} bound,"
    value = number(getattr(row.measured, rule.bound))
    wanted, stop = rule.pass_when, rule.stop_when
    if row.outcome is Outcome.STOP and stop:
        return f"{name} {value} is {_IN_WORDS[stop.symbol]} {stop.limit:g}"
    if stop:
        low, high = sorted((stop.limit, wanted.limit))
        return f"{name} {value} lies between {low:g} and {high:g}"
    return f"{name} {value} is not {_IN_WORDS[wanted.symbol]} {wanted.limit:g}"
