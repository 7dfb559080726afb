"""Who may see what: as MLflow's accounts say, everything where there are none."""

from collections.abc import Callable
from typing import Any

import mlflow
from flask import current_app
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED

from registry.asker import AUTHENTICATED, asker


def may_read() -> Callable[[Any], bool]:
    """Tells of a version whether the asker may read it.

    Made once for a listing: the asker's permissions are then read once.
    """
    if _may_read_all():
        return lambda _: True
    from mlflow.server import auth

    return auth._rm_or_prompt_version_read_predicate(asker())


def may_read_model(name: str) -> bool:
    """Whether the asker may read a registered model and its versions."""
    return _may_read_all() or _allowed(("registered_model", name), "registered_model_version")


def check_model(name: str) -> None:
    """Lets only those go on who may read a registered model and its versions.

    Raises:
        MlflowException: The asker may not.
    """
    if not may_read_model(name):
        raise MlflowException(
            f"{asker()}: expected an account that may read this model: ask an administrator for it",
            PERMISSION_DENIED,
        )


def may_read_runs(experiment_id: str) -> bool:
    """Whether the asker may read the runs of an experiment."""
    return _may_read_all() or _allowed(("experiment", experiment_id), "run")


def check_runs(experiment_id: str) -> None:
    """Lets only those go on who may read the runs of an experiment.

    Raises:
        MlflowException: The asker may not.
    """
    if not may_read_runs(experiment_id):
        raise MlflowException(
            f"{asker()}: expected an account that may read this run: ask an administrator for it",
            PERMISSION_DENIED,
        )


def readable_experiments() -> list[str]:
    """All experiments whose runs the asker may read."""
    listed = [each.experiment_id for each in mlflow.search_experiments()]
    if _may_read_all():
        return listed
    from mlflow.server import auth
    from mlflow.server.auth.requirements import ACTION_NOT_DENIED, Requirement

    runs = Requirement("run", "*", ACTION_NOT_DENIED)
    may = auth._role_based_read_predicate(asker(), "experiment", also_require=[runs])
    return [each for each in listed if may(each)]


def _allowed(parent: tuple[str, str], child: str) -> bool:
    """Whether MLflow would let the asker read what is kept under an experiment or a model.

    As at MLflow's own doors: all of a kind, all runs say, may be forbidden to an account that may
    read what they belong to.
    """
    from mlflow.server import auth
    from mlflow.server.auth.requirements import Requirement

    wanted = [
        Requirement(*parent, "read"),
        Requirement(child, "*", "read", fallback_if_no_grant=(parent,)),
    ]
    return bool(auth.authorize(asker(), parent, wanted))


def _may_read_all() -> bool:
    if not current_app.config.get(AUTHENTICATED):
        return True
    from mlflow.server import auth

    return bool(auth.store.get_user(asker()).is_admin)
