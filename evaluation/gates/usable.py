"""A gate that a job can really be judged by."""

from collections.abc import Sequence
from dataclasses import replace

from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.gate import Gate
from evaluation.gates.reader import load_gate
from evaluation.gates.threshold import Threshold
from projects.errors import UserError


def usable_gate(
    name: str,
    measured: Sequence[str],
    compared: Sequence[str],
    champion_rule: NotWorseThanChampion,
    classes: bool = False,
) -> Gate:
    """Reads a gate and makes sure, before hours of training, that it can be answered.

    Args:
        name: A bundled gate's, or a path.
        measured: Metrics that the job measures.
        compared: Those of them that a champion can be compared on.
        champion_rule: For a gate that says nothing of the champion: no door leads round it.
        classes: Whether the job measures each class, as a floor needs.

    Returns:
        The gate, with a champion rule in any case.

    Raises:
        UserError: The gate asks for a metric, or for classes, that the job does not measure.
    """
    gate = load_gate(name)
    champion = gate.champion or champion_rule
    asked = [rule.metric for rule in gate.rules if isinstance(rule, Threshold)]
    for metric in asked:
        if metric not in measured:
            raise UserError(
                f"gate {name}: expected metrics of {', '.join(measured)}, got {metric!r}"
            )
    if gate.floor is not None and not classes:
        raise UserError(f"gate {name}: expected no floor, this job measures no classes: remove it")
    if champion.metric not in compared:
        raise UserError(
            f"gate {name}: expected a champion metric of {', '.join(compared)}, "
            f"got {champion.metric!r}"
        )
    return replace(gate, champion=champion)
