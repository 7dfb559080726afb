"""Versions of a registered model and the aliases on them."""

import mlflow
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models.model import ModelInfo

CANDIDATE, CHAMPION, PREVIOUS = "candidate", "champion", "previous"


def register_candidate(model: ModelInfo, name: str) -> ModelVersion:
    """Makes a version of a logged model and names it `@candidate`.

    Args:
        model: A model that was logged.
        name: Of the registered model, which is made if there is none.
    """
    version = mlflow.register_model(model.model_uri, name)
    MlflowClient().set_registered_model_alias(name, CANDIDATE, version.version)
    return version


def pinned(uri: str) -> str:
    """The version that an alias is on now, so that a run says which model it used.

    Args:
        uri: `models:/NAME@ALIAS`; any other is given back as it is.
    """
    name, _, alias = uri.removeprefix("models:/").partition("@")
    version = version_with_alias(name, alias) if alias else None
    return f"models:/{name}/{version.version}" if version else uri


def version_with_alias(name: str, alias: str) -> ModelVersion | None:
    """The version that an alias is on, or None."""
    try:
        return MlflowClient().get_model_version_by_alias(name, alias)
    except MlflowException as error:
        if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
            return None
        raise
