"""Promoting and rolling back, as `-e promote` and `-e rollback` do it."""

from flask import redirect, request, url_for
from mlflow.exceptions import MlflowException
from werkzeug.wrappers import Response

from dashboards.asked import asked_version
from dashboards.forms import check_form, shown_with_form
from dashboards.gate_table import gate_rows
from projects.errors import UserError
from registry import chain
from registry.asker import asker, promoter
from registry.promotion import Asked, Decision, promote, try_out
from registry.rollback import passed_before, roll_back
from registry.standing import standing


def promotion() -> Response:
    """Shows what the gate would say, and on a form has it decided."""
    version = asked_version()
    name, number = version.name, str(version.version)
    if request.method == "POST":
        check_form()
        reason = request.form.get("reason", "")
        return _see(promote(Asked(name, number, promoter(), accept=reason)))
    entry = try_out(Asked(name, number, asker())).entry
    return shown_with_form(
        "promotion.html", entry=entry, gate=gate_rows(entry.table), not_allowed=_not_allowed()
    )


def rollback() -> Response:
    """Shows by what a version was champion before, and on a form goes back to it."""
    version = asked_version()
    name, number = version.name, str(version.version)
    if request.method == "POST":
        check_form()
        reason = request.form.get("reason", "").strip()
        if not reason:
            raise UserError("reason: expected why, got nothing: it is recorded")
        return _see(roll_back(name, number, reason, promoter()))
    stands = standing(chain.head(name))
    champion = stands.champion_after if stands else ""
    passed = passed_before(name, number, champion)
    return shown_with_form(
        "rollback.html",
        entry=passed,
        champion=champion,
        gate=gate_rows(passed.table),
        not_allowed=_not_allowed(),
    )


def _not_allowed() -> str:
    """Why the asker may not decide, empty where that one may."""
    try:
        promoter()
    except MlflowException as error:
        return str(error.message)
    return ""


def _see(decision: Decision) -> Response:
    # Not an answer of its own: sending it anew would ask for another decision.
    return redirect(url_for("syrinx.decision", run=decision.run_id), 303)
