"""May a version become champion? A pure function of what is on record."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evaluation.findings import paired
from evaluation.gates.canonical import gate_digest
from evaluation.gates.evidence import Compared, Evidence, NoChampion, NotComparable
from evaluation.gates.gate import Gate, decide
from evaluation.gates.verdict import Outcome, Row, Verdict
from projects.errors import UserError
from registry.dossier import METRICS_PREFIX, Dossier
from registry.model_files import ModelFiles


@dataclass(frozen=True, eq=False)
class Examined:
    """A version as it is on record and as it is.

    Attributes:
        name: Of the registered model.
        version: Of it.
        reference: Of the newest dossier about it.
        dossier: That one.
        items: The dossier's table of clips.
        files: What stands in the store now.
        shown: Metrics that its evaluation's run shows now.
    """

    name: str
    version: str
    reference: str
    dossier: Dossier
    items: pd.DataFrame
    files: ModelFiles
    shown: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Reigning:
    """The champion, and on what terms it became that.

    Attributes:
        version: Of the registered model.
        gate: That it passed, None where that is not on record.
        dataset: Digest of the test set that it passed on, None likewise.
        dossier: About it, on the candidate's test set; or why there is none.
        items: The dossier's table of clips.
    """

    version: str
    gate: Gate | None
    dataset: str | None
    dossier: Dossier | UserError
    items: pd.DataFrame | None = None


def judge(gate: Gate, candidate: Examined, champion: Reigning | None) -> Verdict:
    """Judges a version; the outcome is that of the worst row.

    Args:
        gate: To judge by.
        candidate: To judge.
        champion: Of the moment, None for the first.

    Returns:
        The gate's verdict, with a row for each reason not to believe the evidence, and one for
        each change of the champion's terms: those need a person's reason.
    """
    dossier = candidate.dossier
    evidence = Evidence(
        dossier.intervals(),
        dossier.dataset,
        _beside(gate, candidate, champion),
        classes=dossier.classes,
        costs=dossier.costs,
        champion_costs=_costs_beside(dossier, champion),
    )
    verdict = decide(gate, evidence, dossier.dataset)
    rows = (*verdict.rows, *_doubts(gate, candidate), *_new_terms(gate, dossier, champion))
    outcome = max((row.outcome for row in rows), key=lambda outcome: outcome.severity)
    return Verdict(verdict.gate, outcome, rows)


def overwritten(dossier: Dossier, shown: Mapping[str, float]) -> str:
    """Tells whether a run still shows what was measured in it.

    Args:
        dossier: Of the evaluation.
        shown: Metrics that its run shows now.

    Returns:
        The first metric that is another one, empty where none is.
    """
    for name, (value, _, _) in dossier.metrics.items():
        # A training's own metrics have no prefix.
        now = shown.get(f"{METRICS_PREFIX}.{name}", shown.get(name))
        if now is None:
            return f"{name} was {value:g}, the run does not say it"
        if now != value and not (math.isnan(now) and math.isnan(value)):
            return f"{name} was {value:g}, the run now says {now:g}"
    return ""


def _beside(
    gate: Gate, candidate: Examined, champion: Reigning | None
) -> NoChampion | Compared | NotComparable:
    if champion is None:
        return NoChampion()
    who = f"version {champion.version}"
    if isinstance(champion.dossier, UserError) or champion.items is None:
        return NotComparable(f"{who}: {champion.dossier}")
    if gate.champion is None:
        return NotComparable(f"the gate does not say by what: {who}")
    kind = candidate.dossier.kind
    if champion.dossier.kind != kind:
        return NotComparable(f"{who}: it is of another kind, {champion.dossier.kind}")
    try:
        difference = paired(kind, candidate.items, champion.items, gate.champion.metric)
    except UserError as error:
        return NotComparable(f"{who}: {error}")
    return Compared(gate.champion.metric, difference, champion.dossier.dataset)


def _costs_beside(dossier: Dossier, champion: Reigning | None) -> Mapping[str, float] | None:
    if champion is None or isinstance(champion.dossier, UserError):
        return None
    costs = dict(champion.dossier.costs)
    if champion.dossier.machine != dossier.machine:
        costs.pop("latency", None)  # Seconds of two machines are no ratio.
    return costs


def _doubts(gate: Gate, candidate: Examined) -> list[Row]:
    """An ERROR row for each reason not to believe gate or dossier."""
    dossier = candidate.dossier
    about = f"{dossier.model} version {dossier.version}"
    wanted = f"{candidate.name} version {candidate.version}"
    answered = dossier.costs.get("latency", math.nan)
    checks = {
        "gate names a champion rule": "" if gate.champion else "it does not",
        f"evidence is about {wanted}": "" if about == wanted else f"it is about {about}",
        "model is what was evaluated": ""
        if candidate.files.digest == dossier.model_digest
        else f"its files changed: {dossier.model_digest}, now {candidate.files.digest}",
        "run shows what was measured": overwritten(dossier, candidate.shown),
        "model loads and answers": ""
        if 0 < answered < math.inf
        else "it has not answered its own example",
        "data and code have digests": ""
        if dossier.dataset and dossier.code_digest
        else "a digest is missing",
    }
    return [
        Row(rule, Outcome.ERROR if note else Outcome.PASS, note=note)
        for rule, note in checks.items()
    ]


def _new_terms(gate: Gate, dossier: Dossier, champion: Reigning | None) -> list[Row]:
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
