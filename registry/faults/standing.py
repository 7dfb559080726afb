"""Faults of the versions that serve or may serve again: no longer what passed the gate."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from mlflow import MlflowClient

from projects.errors import UserError
from registry.chain import Decided
from registry.dossier import evidence_run, read_dossier
from registry.entry import Entry
from registry.faults.fault import Fault
from registry.judgement import overwritten
from registry.model_files import model_files
from registry.record import found_version
from registry.standing import about, promotion_of


def standing_faults(model: str, decided: Sequence[Decided]) -> Iterator[Fault]:
    """Compares champion and previous, as the last decision has them, with their evidence.

    Args:
        model: Name of the registered model.
        decided: All decisions about it, the first one first.
    """
    if not decided:
        return
    last = decided[-1].entry
    own = about(model, decided)
    if decided[-1] not in own:
        yield from _made_anew(model, last)
        return
    for version in (last.champion_after, last.previous_after):
        entry = promotion_of(version, own)
        if entry:
            yield from _faults_of(model, entry)


def _made_anew(model: str, last: Entry) -> Iterator[Fault]:
    """Where nobody stands by the decisions about the other model, nothing was lost with it."""
    if last.champion_after:
        yield Fault(
            model,
            "deleted and made anew: what was decided before is about another model, "
            f"of which version {last.champion_after} was champion",
            f"decision {last.sequence.lstrip('0')} and those before it",
            "none of them counts; promote a version of this one, or use another name for it",
        )


def _faults_of(model: str, entry: Entry) -> Iterator[Fault]:
    about = f"version {entry.version}"
    try:
        version = found_version(model, entry.version)
        files = model_files(model, entry.version)
    except UserError as error:
        yield Fault(model, str(error), about, "restore it from a backup, or roll back")
        return
    made = datetime.fromtimestamp(version.creation_timestamp / 1000, UTC)
    if made > datetime.fromisoformat(entry.decided_at):
        what = f"made after the decision that let it pass, {made:%Y-%m-%d %H:%M}"
        yield Fault(model, what, about, "the model was made anew: do so under another name")
    try:
        dossier = read_dossier(entry.evidence)
    except UserError:
        return  # Reported with the evidence.
    if files.digest != dossier.model_digest:
        what = f"its files changed: {dossier.model_digest}, now {files.digest}"
        yield Fault(model, what, about, "restore them from a backup, or roll back")
    run_id = evidence_run(entry.evidence)
    changed = overwritten(dossier, MlflowClient().get_run(run_id).data.metrics)
    if changed:
        remedy = "believe the dossier in the run's artifacts, or evaluate the version again"
        yield Fault(model, f"its run was written over: {changed}", f"{about}, run {run_id}", remedy)
