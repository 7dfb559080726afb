"""A gate as one text, so that decisions can be repeated and gates be told apart."""

import hashlib
import json
from typing import Any

from evaluation.gates.gate import Gate, Rule
from evaluation.gates.threshold import Threshold
from projects.errors import UserError


def gate_text(gate: Gate) -> str:
    """Writes a gate as JSON that `evaluation.gates.reader.parse_gate` reads back.

    Gates that ask the same have the same text, however they were written: rules are sorted, as
    their order decides nothing, and numbers are exact. What a gate does not ask is left out.

    Args:
        gate: Its rules are thresholds.

    Returns:
        One line of ASCII.

    Raises:
        UserError: If a rule is of a kind that no file can hold.
    """
    entry: dict[str, Any] = {
        "name": gate.name,
        "rules": sorted(map(_rule_entry, gate.rules), key=_json),
    }
    if gate.champion is not None:
        champion = gate.champion
        entry["champion"] = {"metric": champion.metric, "margin": _exact(champion.margin)}
    if gate.floor is not None:
        floor = gate.floor
        entry["floor"] = {
            "metric": floor.metric,
            "pass": floor.pass_when.exact(),
            "support": floor.support,
        }
    if gate.ceilings:
        entry["ceilings"] = {each.cost: _exact(each.times) for each in gate.ceilings}
    return _json(entry)


def gate_digest(gate: Gate) -> str:
    """Returns 16 hex digits that differ wherever two gates ask something else.

    Raises:
        UserError: If a rule is of a kind that no file can hold.
    """
    return hashlib.sha256(gate_text(gate).encode()).hexdigest()[:16]


def _rule_entry(rule: Rule) -> dict[str, str]:
    if not isinstance(rule, Threshold):
        raise UserError(
            f"Expected a gate of thresholds, got a {type(rule).__name__}: only what a gate file"
            " can hold can be written."
        )
    # The bound is always written out, so that a text outlives a change of the default.
    entry = {"metric": rule.metric, "pass": rule.pass_when.exact(), "bound": rule.bound}
    if rule.stop_when is not None:
        entry["stop"] = rule.stop_when.exact()
    return entry


def _exact(number: float) -> float:
    """Returns the float that stands for all equal numbers: not 1 but 1.0, not -0.0 but 0.0."""
    return float(number) + 0.0


def _json(entry: dict[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), allow_nan=False)
