"""Going back to a version that was champion before."""

from dataclasses import replace

import mlflow

from projects.errors import UserError
from registry import chain
from registry.aliases import caught_up, still_there
from registry.dossier import read_dossier
from registry.entry import ROLLED_BACK, Entry
from registry.lock import locked
from registry.model_files import model_files
from registry.promotion import Decision, carried_out
from registry.record import found_version
from registry.standing import about, promotion_of


def roll_back(model: str, version: str | None, reason: str, by: str) -> Decision:
    """Makes `@previous`, or a named version that was once champion, champion again.

    Args:
        model: Name of the registered model.
        version: Where to go, None for `@previous`.
        reason: Why.
        by: Who asks.

    Returns:
        The decision.

    Raises:
        UserError: There is nowhere to go, the version never passed, or its files were changed.
    """
    with locked(mlflow.get_registry_uri(), model):
        last, found = caught_up(model)
        target = version or (last.previous_after if last else "")
        before = last.champion_after if last else ""
        passed = _unchanged(model, target, before)
        entry = replace(
            passed,
            decision=ROLLED_BACK,
            champion_before=before,
            champion_after=target,
            previous_after=still_there(model, before),
            champion_decision=passed.sequence,
            outcome="",
            decided_by=by,
            reason=reason,
            found=found,
            table="",
        )
        return carried_out(entry, last)


def passed_before(model: str, version: str, champion: str) -> Entry:
    """The decision by which a version once became champion.

    Args:
        model: Name of the registered model.
        version: That it is about.
        champion: The version that is champion now, empty for none.

    Raises:
        UserError: It is champion now, or never was.
    """
    if version == champion:
        raise UserError(f"{model} version {version} is @champion already")
    passed = promotion_of(version, about(model, chain.decisions(model)))
    if passed is None:
        raise UserError(
            f"{model} version {version}: expected one that was champion before, this never passed"
        )
    return passed


def _unchanged(model: str, version: str, champion: str) -> Entry:
    """As `passed_before`, of a version whose files are still those that were judged."""
    if not version:
        raise UserError(f"{model}: expected a @previous version to go back to, got none")
    passed = passed_before(model, version, champion)
    found_version(model, version)
    sealed = read_dossier(passed.evidence).model_digest
    now = model_files(model, version).digest
    if now != sealed:
        raise UserError(f"{model} version {version}: its files changed, {sealed} to {now}")
    return passed
