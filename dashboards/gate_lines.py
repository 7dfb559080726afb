"""What a gate asks of reconstructed sound, as lines of a chart."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.autoencoders import LOST
from evaluation.gates.comparison import Comparison
from evaluation.gates.gate import Gate
from evaluation.gates.threshold import Threshold
from evaluation.quality.metrics import HIGHER_IS_BETTER


@dataclass(frozen=True)
class GateLine:
    """A limit.

    Attributes:
        text: The rule in words.
        value: Of the limit, or how far it lies from the codec's own curve.
        beside_codec: Whether it goes along with that curve.
        stops: Whether what lies beyond is stopped, not only not passed.
    """

    text: str
    value: float
    beside_codec: bool
    stops: bool


def gate_lines(gate: Gate, metric: str) -> list[GateLine]:
    """The limits of all rules about a metric, or about how much of it is lost beside the codec."""
    rules = [rule for rule in gate.rules if isinstance(rule, Threshold)]
    return [line for rule in rules for line in _lines(gate, rule, metric)]


def _lines(gate: Gate, rule: Threshold, metric: str) -> Iterator[GateLine]:
    if rule.metric not in (metric, metric + LOST):
        return
    lost = rule.metric != metric
    conditions: list[tuple[Comparison | None, str]] = [
        (rule.pass_when, "passes"),
        (rule.stop_when, "stops"),
    ]
    for condition, does in conditions:
        if condition is not None:
            worse = -condition.limit if HIGHER_IS_BETTER[metric] else condition.limit
            text = f"gate {gate.name} {does}: {rule.metric} {condition}"
            yield GateLine(text, worse if lost else condition.limit, lost, does == "stops")
