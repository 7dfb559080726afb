"""One decision, as it is on record."""

from flask import render_template, request

from dashboards import evidence
from dashboards.gate_table import gate_rows, worst_first
from dashboards.readers import check_model
from projects.errors import UserError
from registry.aliases import still_there


def decision() -> str:
    """What was decided about a version, by whom, and by which rule."""
    run_id = request.args.get("run", "")
    if not run_id:
        raise UserError("expected run=..., the run of a decision: choose one in a model's history")
    decided = evidence.decision(run_id)
    check_model(decided.entry.model)
    gate = gate_rows(decided.entry.table)
    return render_template(
        "decision.html",
        entry=decided.entry,
        run=decided.run,
        version=still_there(decided.entry.model, decided.entry.version),
        gate=gate,
        failed=worst_first(gate),
    )
