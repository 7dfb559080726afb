"""What is on record and never changes, kept in memory once it was read."""

from functools import lru_cache

import pandas as pd
from mlflow import MlflowClient

from dashboards.lineage import source
from projects.errors import UserError
from registry.chain import Decided, experiment_id, intact
from registry.dossier import Dossier, evidence_run, read_dossier, read_items
from registry.entry import entry_in

DOSSIERS, TABLES, DECISIONS = 2000, 32, 4000
"""How many are kept; a table of 1,700 clips and 90 labels takes 1.3 MB."""


@lru_cache(maxsize=DOSSIERS)
def dossier(reference: str) -> Dossier:
    """A dossier by its reference, which is the digest of its content.

    Raises:
        UserError: As `registry.dossier.read_dossier`.
    """
    return read_dossier(reference)


@lru_cache(maxsize=TABLES)
def items(reference: str) -> pd.DataFrame:
    """The table of clips of a dossier, to be read only.

    Raises:
        UserError: As `registry.dossier.read_items`.
    """
    return read_items(reference, dossier(reference))


def readable_items(reference: str) -> pd.DataFrame:
    """As `items`, for one who may read the run that holds them.

    Raises:
        UserError: As `items`, the run is gone, or the asker may not read it.
    """
    run_id = evidence_run(reference)
    if source(run_id) is None:
        raise UserError(
            f"its clips are in run {run_id}, which is gone or not open to this account: ask an "
            "administrator for its experiment"
        )
    return items(reference)


@lru_cache(maxsize=DECISIONS)
def decision(run_id: str) -> Decided:
    """A decision by its run, which nobody may change.

    Raises:
        MlflowException: There is no such run.
        UserError: It is no decision, or it was changed after it was sealed.
    """
    run = MlflowClient().get_run(run_id)
    if run.info.experiment_id != experiment_id():
        raise UserError(f"expected the run of a decision, got {run_id}: see the model's history")
    return intact(Decided(entry_in(run.data.tags), run))
