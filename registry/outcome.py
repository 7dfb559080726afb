"""What came of a candidate, told to the run and to the person."""

import mlflow
from mlflow.entities.model_registry import ModelVersion

from registry.promotion import Decision


def tell_outcome(version: ModelVersion, decision: Decision, tested: str) -> None:
    """Tags the active run with the gate's outcome and prints the gate table and the alias.

    Args:
        version: That was judged.
        decision: What was decided.
        tested: On what, as "on 44 test recordings (0 failed), digest ...".
    """
    verdict = decision.verdict
    mlflow.set_tags({"gate": verdict.gate, "gate.outcome": verdict.outcome.value})
    alias = "@champion" if decision.promoted else "@candidate"
    print(
        f"\n{verdict.table()}\n\n"
        f"gate {verdict.gate}: {verdict.outcome.value} {tested}\n"
        f"{version.name} version {version.version} is {alias}; "
        f"champion before: {decision.champion_before or 'none'}\n"
        "look at it: make ui, then http://127.0.0.1:5000"
    )
