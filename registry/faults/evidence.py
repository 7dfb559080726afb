"""Faults of what promotions were decided from: gone, or no longer what it was."""

from collections.abc import Iterator, Sequence

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from projects.errors import UserError
from registry.chain import Decided
from registry.dossier import evidence_run, read_dossier, read_items
from registry.entry import PROMOTED, Entry
from registry.faults.fault import Fault

BACKUP = "restore the run's artifacts from a backup"


def evidence_faults(model: str, decided: Sequence[Decided]) -> Iterator[Fault]:
    """Reads the evidence of every promotion.

    Args:
        model: Name of the registered model.
        decided: All decisions about it.
    """
    promoted = [each.entry for each in decided if each.entry.decision == PROMOTED]
    for reference in {entry.evidence: entry for entry in promoted}.values():
        yield from _faults_of(model, reference)


def _faults_of(model: str, entry: Entry) -> Iterator[Fault]:
    about = f"evidence of version {entry.version}"
    try:
        run_id = evidence_run(entry.evidence)
        run = MlflowClient().get_run(run_id)
    except (UserError, MlflowException) as error:
        what = f"its run is gone: {str(error).splitlines()[0]}"
        yield Fault(model, what, about, "restore the run from a backup of the store")
        return
    about = f"{about}, run {run_id}"
    if run.info.lifecycle_stage != "active":
        yield Fault(model, "its run was deleted", about, f"mlflow runs restore --run-id {run_id}")
    try:
        dossier = read_dossier(entry.evidence)
        read_items(entry.evidence, dossier)
    except UserError as error:
        yield Fault(model, str(error), about, BACKUP)
        return
    if (dossier.model, dossier.version, dossier.dataset) != (model, entry.version, entry.dataset):
        what = f"it is about {dossier.model} version {dossier.version}, data {dossier.dataset}"
        yield Fault(model, what, about, "evaluate the version and promote it again")
