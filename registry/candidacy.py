"""From what was found out about a new version to the decision about it."""

import getpass
import logging
from collections.abc import Callable
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from evaluation.findings import Findings
from evaluation.gates.gate import Gate
from projects.errors import UserError
from projects.tracking import active_run_id
from registry.ask import ask_to_promote
from registry.dossier import TAG, read_dossier, write_dossier
from registry.promotion import Asked, Decision
from registry.record import champion_of_record, found_version
from registry.remote import NotAllowedError

ATTEMPTS = 5
"""How often another candidate may become champion while this one is compared with the last."""

logger = logging.getLogger(__name__)

Examine = Callable[[str], Findings]
"""Evaluates another model, by its URI, on the candidate's test set."""


@dataclass(frozen=True)
class Withheld(Decision):
    """What would be decided, were it asked for by an account that may promote."""

    @property
    def promoted(self) -> bool:
        """The version is not champion."""
        return False


def submit(
    version: ModelVersion,
    findings: Findings,
    gate: Gate,
    examine: Examine,
    accept: str = "",
    dry_run: bool = False,
) -> Decision:
    """Puts the evidence about a version on record in the active run, and asks for the decision.

    Args:
        version: The candidate.
        findings: Of its evaluation, as it is served.
        gate: To judge by.
        examine: For a champion that was not evaluated on the same test set.
        accept: A person's reason to take what the gate would INVESTIGATE; empty for none.
        dry_run: Only says what would be decided.

    Raises:
        UserError: The version is champion already.
    """
    name, number = version.name, str(version.version)
    for attempt in range(ATTEMPTS):
        champion, own = champion_of_record(name)
        if champion == number:
            raise UserError(f"{name} version {number} is @champion already")
        beside = _beside(name, champion, own, findings, gate, examine)
        evidence = write_dossier(active_run_id(), version, findings, gate, beside)
        if not dry_run:
            MlflowClient().set_model_version_tag(name, number, TAG, evidence)
        asked = Asked(name, number, getpass.getuser(), gate, accept, evidence)
        decision = _decided(asked, dry_run)
        if decision.promoted or decision.entry.champion_before == champion:
            break
        logger.info(
            "version %s became champion meanwhile: comparing again (%d of %d)",
            decision.entry.champion_before,
            attempt + 1,
            ATTEMPTS,
        )
    return decision


def _decided(asked: Asked, dry_run: bool) -> Decision:
    try:
        return ask_to_promote(asked, dry_run)
    except NotAllowedError as error:
        # The training was long and its evidence is on record: whoever may promote goes on from it.
        logger.warning("not promoted: %s", error)
        tried = ask_to_promote(asked, dry_run=True)
        return Withheld(tried.entry, tried.run_id)


def _beside(
    name: str, champion: str, own: str, findings: Findings, gate: Gate, examine: Examine
) -> str | None:
    """The champion's dossier on the candidate's test set, where its own is of another."""
    if not champion or _dataset(own) == findings.dataset:
        return None
    try:
        theirs = examine(f"models:/{name}/{champion}")
        return write_dossier(active_run_id(), found_version(name, champion), theirs, gate)
    except (UserError, MlflowException) as error:
        logger.warning("not compared with champion version %s: %s", champion, error)
        return None


def _dataset(reference: str) -> str | None:
    """Of a dossier, None where there is none to be read."""
    try:
        return read_dossier(reference).dataset if reference else None
    except UserError as error:
        logger.warning("the champion's evidence: %s", error)
        return None
