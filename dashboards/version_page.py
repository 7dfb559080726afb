"""A version's page: all that is on record about it, to be seen and heard."""

from collections.abc import Sequence
from typing import Any

from flask import render_template

from dashboards import evidence
from dashboards.asked import asked_version
from dashboards.charts import DRAWN, classes_figure, confusion_figure, reliability_figure
from dashboards.clips import worst_clips
from dashboards.gate_table import gate_rows
from dashboards.lineage import Source, source
from dashboards.listening import clips
from dashboards.sounds import sounds
from dashboards.versions import Known, known
from dashboards.whiskers import common_scale, whiskers
from evaluation.confusion import most_confused_pairs
from evaluation.findings import by_class
from evaluation.predictions import Predictions
from projects.errors import UserError
from registry import chain
from registry.chain import Decided
from registry.dossier import evidence_run
from registry.standing import about, promotion_of
from registry.versions import CHAMPION

PAIRS = 10


def version() -> str:
    """What was measured, decided and heard of one version, and where it comes from."""
    found = known(asked_version())
    decided = about(found.name, chain.decisions(found.name))
    measured = source(evidence_run(found.reference)) if found.dossier else None
    return render_template(
        "version.html",
        known=found,
        history=decided[::-1],
        can_go_back=_can_go_back(found, decided),
        gate=gate_rows(found.decision.table) if found.decision else (),
        metrics=_metrics(found),
        training=source(found.version.run_id),
        measured=measured,
        **_details(found),
        **_heard(measured),
    )


def _can_go_back(found: Known, decided: Sequence[Decided]) -> bool:
    return CHAMPION not in found.aliases and promotion_of(found.number, decided) is not None


def _metrics(found: Known) -> list[tuple[str, Any, Any]]:
    """Name, value with interval, and drawing."""
    return [
        (metric, measured, whiskers(measured, common_scale(metric, [measured])))
        for metric, measured in found.metrics.items()
    ]


def _heard(measured: Source | None) -> dict[str, Any]:
    """A classifier's mistakes, and what a model that gives sound back made of clips."""
    if measured is None:
        return {}
    run_id = measured.run.info.run_id
    return {"mistakes": sounds(run_id, "mistakes"), "heard": clips(sounds(run_id, "audio"))}


def _details(found: Known) -> dict[str, Any]:
    """What there is to see of a version's clips; a sentence where they cannot be read."""
    if found.dossier is None:
        return {}
    try:
        items = evidence.readable_items(found.reference)
    except UserError as error:
        return {"no_items": str(error)}
    if found.dossier.kind == "reconstruction":
        counts = {"clips": len(items), "groups": items["group"].nunique()}
        return {**counts, "worst": worst_clips(items).to_dict("records")}
    predictions = Predictions.from_table(items)
    classes = by_class(predictions)
    return {
        "clips": len(items),
        "groups": items["group"].nunique(),
        "classes": classes,
        "pairs": most_confused_pairs(predictions, PAIRS).to_dict("records"),
        "drawn": DRAWN,
        "confusion": confusion_figure(predictions),
        "by_class": classes_figure(classes),
        "reliability": reliability_figure(predictions),
    }
