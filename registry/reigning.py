"""The champion beside a candidate: how they compare, and on what terms it became champion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from evaluation.findings import paired
from evaluation.gates.canonical import gate_digest
from evaluation.gates.evidence import Compared, Evidence, NoChampion, NotComparable
from evaluation.gates.gate import Gate
from evaluation.gates.verdict import Outcome, Row
from projects.errors import UserError
from registry.dossier import Dossier


@dataclass(frozen=True, eq=False)
class Reigning:
    """The champion, and on what terms it became that.

    Attributes:
        version: Of the registered model.
        gate: That it passed, None where that is not on record.
        dataset: Digest of the test set that it passed on, None likewise.
        dossier: About it, on the candidate's test set; or why there is none.
        items: The dossier's table of clips.
        gone: Whether the version was deleted, so that it can never be evaluated again.
    """

    version: str
    gate: Gate | None
    dataset: str | None
    dossier: Dossier | UserError
    items: pd.DataFrame | None = None
    gone: bool = False


def compared(
    gate: Gate, dossier: Dossier, items: pd.DataFrame, champion: Reigning | None
) -> NoChampion | Compared | NotComparable:
    """How a candidate compares with the champion.

    Args:
        gate: That says by what metric.
        dossier: The candidate's.
        items: The table of clips of that.
        champion: Of the moment, None for the first.
    """
    if champion is None:
        return NoChampion()
    who = f"version {champion.version}"
    if isinstance(champion.dossier, UserError) or champion.items is None:
        return NotComparable(f"{who}: {champion.dossier}")
    if gate.champion is None:
        return NotComparable(f"the gate does not say by what: {who}")
    if champion.dossier.kind != dossier.kind:
        return NotComparable(f"{who}: it is of another kind, {champion.dossier.kind}")
    try:
        difference = paired(dossier.kind, items, champion.items, gate.champion.metric)
    except UserError as error:
        return NotComparable(f"{who}: {error}")
    return Compared(gate.champion.metric, difference, champion.dossier.dataset)


def champions_costs(dossier: Dossier, champion: Reigning | None) -> Mapping[str, float] | None:
    """What the champion costs, as far as it can be set beside a candidate's dossier."""
    if champion is None or isinstance(champion.dossier, UserError):
        return None
    costs = dict(champion.dossier.costs)
    if champion.dossier.machine != dossier.machine:
        costs.pop("latency", None)  # Seconds of two machines are no ratio.
    return costs


def left_to_a_person(
    rows: Sequence[Row], gate: Gate, evidence: Evidence, champion: Reigning | None
) -> Sequence[Row]:
    """The gate's rows; INVESTIGATE where a champion that was deleted can no more be compared with.

    As an ERROR, which nobody can accept, it would end all promotions of the model.
    """
    if champion is None or not champion.gone:
        return rows
    rules = [rule for rule in (*gate.ceilings, gate.champion) if rule]
    wanting = [row for rule in rules if (row := rule.judge(evidence)).outcome is Outcome.ERROR]
    return [replace(row, outcome=Outcome.INVESTIGATE) if row in wanting else row for row in rows]


def new_terms(gate: Gate, dossier: Dossier, champion: Reigning | None) -> list[Row]:
    """What is judged otherwise than the champion was; each needs a person's reason."""
    if champion is None:
        return []
    was = {
        "gate": gate_digest(champion.gate) if champion.gate else None,
        "test set": champion.dataset,
    }
    now = {"gate": gate_digest(gate), "test set": dossier.dataset}
    return [
        Row(
            f"{what} is the champion's",
            Outcome.PASS if now[what] == was[what] else Outcome.INVESTIGATE,
            note="" if now[what] == was[what] else f"was {was[what]}, is {now[what]}",
        )
        for what in was
        if was[what] is not None
    ]
