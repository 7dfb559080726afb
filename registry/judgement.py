"""May a version become champion? A pure function of what is on record."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evaluation.gates.evidence import Evidence
from evaluation.gates.gate import Gate, decide
from evaluation.gates.verdict import Outcome, Row, Verdict
from registry.dossier import METRICS_PREFIX, Dossier
from registry.model_files import ModelFiles
from registry.reigning import Reigning, champions_costs, compared, left_to_a_person, new_terms


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


def judge(gate: Gate, candidate: Examined, champion: Reigning | None) -> Verdict:
    """Judges a version; the outcome is that of the worst row.

    Args:
        gate: To judge by.
        candidate: To judge.
        champion: Of the moment, None for the first.

    Returns:
        The gate's verdict, with a row for each reason not to believe the evidence, and one for
        each change of the champion's terms: those need a person's reason, as does a champion that
        was deleted and cannot be compared with.
    """
    dossier = candidate.dossier
    evidence = Evidence(
        dossier.intervals(),
        dossier.dataset,
        compared(gate, dossier, candidate.items, champion),
        classes=dossier.classes,
        costs=dossier.costs,
        champion_costs=champions_costs(dossier, champion),
    )
    verdict = decide(gate, evidence, dossier.dataset)
    rows = (
        *left_to_a_person(verdict.rows, gate, evidence, champion),
        *_doubts(gate, candidate),
        *new_terms(gate, dossier, champion),
    )
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
