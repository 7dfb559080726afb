"""Who may see what: as MLflow's accounts say, everything where there are none."""

from collections.abc import Callable
from typing import Any

from flask import current_app
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED

from registry.asker import AUTHENTICATED, asker


def may_read() -> Callable[[Any], bool]:
    """Tells of a registered model or a version whether the asker may read it.

    Made once for a listing: the asker's permissions are then read once.
    """
    if _may_read_all():
        return lambda _: True
    from mlflow.server import auth

    return auth._rm_or_prompt_version_read_predicate(asker())


def check_model(name: str) -> None:
    """Lets only those go on who may read a registered model.

    Raises:
        MlflowException: The asker may not.
    """
    if _may_read_all():
        return
    from mlflow.server import auth

    if not auth._get_registered_model_permission(name).can_read:
        raise MlflowException(
            f"{asker()}: expected an account that may read this model: ask an administrator for it",
            PERMISSION_DENIED,
        )


def may_read_experiment(experiment_id: str) -> bool:
    """Whether the asker may read the runs of an experiment."""
    if _may_read_all():
        return True
    from mlflow.server import auth

    return bool(auth._get_experiment_permission(experiment_id, asker()).can_read)


def _may_read_all() -> bool:
    if not current_app.config.get(AUTHENTICATED):
        return True
    from mlflow.server import auth

    return bool(auth.store.get_user(asker()).is_admin)
