"""What came of a candidate, told to the run and to the person."""

import mlflow

from registry.candidacy import Withheld
from registry.entry import PROMOTED
from registry.promotion import Decision


def tell_outcome(decision: Decision, tested: str) -> None:
    """Tags the active run with the gate's outcome and prints the gate table and the alias.

    Args:
        decision: What was decided.
        tested: On what, as "on 44 test recordings (0 failed), digest ...".
    """
    entry = decision.entry
    mlflow.set_tags({"gate": entry.gate, "gate.outcome": entry.outcome})
    print(
        f"\n{entry.table}\n\n"
        f"gate {entry.gate}: {entry.outcome} {tested}\n"
        f"{entry.model} version {entry.version} {_standing(decision)}\n"
        "look at it: make ui, then http://127.0.0.1:5000"
    )


def _standing(decision: Decision) -> str:
    entry = decision.entry
    before = entry.champion_before or "no version"
    if isinstance(decision, Withheld) and entry.decision == PROMOTED:
        return (
            f"is not promoted, account {entry.decided_by} may not; @champion stays on {before}\n"
            "ask a promoter to run "
            f"mlflow run . -e promote -P model={entry.model} -P version={entry.version}"
        )
    if not decision.promoted:
        return f"is refused; @champion stays on {before}"
    if decision.run_id is None:
        return f"would be @champion after {before}; nothing was changed"
    return f"is @champion; before: {before}"
