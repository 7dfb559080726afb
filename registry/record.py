"""What is on record about a version, and about the champion beside it."""

import logging

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from evaluation.gates.gate import Gate
from evaluation.gates.reader import load_gate, parse_gate
from projects.errors import UserError
from registry import chain
from registry.aliases import champion_found, is_there
from registry.dossier import TAG, Dossier, evidence_run, read_dossier, read_items
from registry.entry import Entry
from registry.judgement import Examined
from registry.model_files import model_files
from registry.reigning import Reigning
from registry.standing import champions_decision, standing

logger = logging.getLogger(__name__)


def found_version(model: str, version: str) -> ModelVersion:
    """A version of a registered model.

    Raises:
        UserError: There is none.
    """
    try:
        return MlflowClient().get_model_version(model, version)
    except MlflowException as error:
        raise UserError(f"expected a version of {model}, got {version!r}: none is there") from error


def examined(version: ModelVersion, reference: str = "") -> Examined:
    """All that is known of a version.

    Args:
        version: Of a registered model.
        reference: Of a dossier, empty for the one that the version names.

    Raises:
        UserError: There is no evidence about it, or it was tampered with.
    """
    name, number = version.name, str(version.version)
    reference = reference or version.tags.get(TAG, "")
    if not reference:
        raise UserError(
            f"{name} version {number}: expected evidence about it, got none: evaluate it by "
            f"mlflow run . -e promote -P model={name} -P version={number} -P format=... -P data=..."
        )
    dossier = read_dossier(reference)
    shown = MlflowClient().get_run(evidence_run(reference)).data.metrics
    files = model_files(name, number)
    return Examined(name, number, reference, dossier, read_items(reference, dossier), files, shown)


def champion_of_record(model: str) -> tuple[str, str]:
    """The champion's version, and the reference of the dossier that it stands on.

    Both are empty for none. Only of a champion from before any decision its alias and its tag tell.
    """
    stands = standing(chain.head(model))
    version = stands.champion_after if stands else champion_found(model)
    passed = champions_decision(stands)
    return version, _own(model, version, passed)


def reigning(model: str, version: str, dossier: Dossier, last: Entry | None) -> Reigning:
    """The champion, its terms, and its dossier on a candidate's test set.

    Args:
        model: Name of the registered model.
        version: The champion.
        dossier: The candidate's.
        last: As `registry.standing.standing` tells it.
    """
    passed = champions_decision(last)
    gate = recorded_gate(passed.gate_text) if passed else None
    dataset = passed.dataset if passed else None
    gone = not is_there(model, version)
    try:
        theirs, items = _beside(model, version, dossier, _own(model, version, passed))
        return Reigning(version, gate, dataset, theirs, items, gone)
    except UserError as error:
        reason = UserError(f"{'it was deleted, and ' if gone else ''}{error}")
        return Reigning(version, gate, dataset, reason, gone=gone)


def recorded_gate(text: str) -> Gate:
    """A gate from its canonical form."""
    return parse_gate(text, "the recorded gate")


def _champions_decision(model: str) -> Entry | None:
    return champions_decision(standing(chain.head(model)))


def _own(model: str, version: str, passed: Entry | None) -> str:
    """Reference of the dossier that a champion stands on, empty for none."""
    if passed:
        return passed.evidence
    if not version or not is_there(model, version):
        return ""
    return found_version(model, version).tags.get(TAG, "")


def _beside(model: str, version: str, dossier: Dossier, own: str) -> tuple[Dossier, pd.DataFrame]:
    reason = UserError(
        "it was not evaluated on the same test set: run -e promote with that data, "
        "which evaluates both"
    )
    for reference in filter(None, (own, dossier.beside)):
        try:
            theirs = read_dossier(reference)
            about = (theirs.model, theirs.version, theirs.dataset)
            if about == (model, version, dossier.dataset):
                return theirs, read_items(reference, theirs)
        except UserError as error:
            reason = error  # Its own may be lost, and it was then examined anew.
    raise reason


def gate_of_record(version: ModelVersion, otherwise: str) -> Gate:
    """The gate that the champion passed, or that a version was evaluated for; else a named one."""
    passed = _champions_decision(version.name)
    if passed:
        return recorded_gate(passed.gate_text)
    reference = version.tags.get(TAG)
    return recorded_gate(read_dossier(reference).gate) if reference else load_gate(otherwise)


def champions_test_set(model: str) -> tuple[str, frozenset[str]]:
    """Digest of the test set that the champion passed on, and names of its clips that were scored.

    Both are empty where that is not on record any more.
    """
    passed = _champions_decision(model)
    if passed is None:
        return "", frozenset()
    try:
        items = read_items(passed.evidence, read_dossier(passed.evidence))["item"]
    except UserError as error:
        logger.warning("test set of champion version %s: %s", passed.version, error)
        return "", frozenset()
    return passed.dataset, frozenset(items)
