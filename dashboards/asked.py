"""What an address asks for: versions as `version=NAME/NUMBER`."""

from flask import request, url_for
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from dashboards.readers import check_model
from projects.errors import UserError


def key(version: ModelVersion) -> str:
    """A version as addresses have it."""
    return f"{version.name}/{version.version}"


def address(page: str, name: str, number: str) -> str:
    """Where a page about a version is."""
    return url_for(f"syrinx.{page}", version=f"{name}/{number}")


def asked_version() -> ModelVersion:
    """The one version that is asked for.

    Raises:
        UserError: None is.
        MlflowException: There is no such version, or the asker may not read it.
    """
    (version,) = asked_versions(at_least=1)[:1]
    return version


def asked_versions(at_least: int) -> list[ModelVersion]:
    """All versions that are asked for, each once, in the order of the address.

    Raises:
        UserError: Fewer than `at_least` are.
        MlflowException: There is no such version, or the asker may not read it.
    """
    texts = list(dict.fromkeys(request.values.getlist("version")))
    if len(texts) < at_least:
        raise UserError(
            f"expected {at_least} or more of version=NAME/NUMBER, got {len(texts)}: "
            "choose versions on the leaderboard"
        )
    return [_found(text) for text in texts]


def _found(text: str) -> ModelVersion:
    name, _, number = text.rpartition("/")
    if not name or not number.isdecimal():
        raise UserError(
            f"expected version=NAME/NUMBER, got {text!r}: choose one on the leaderboard"
        )
    check_model(name)
    return MlflowClient().get_model_version(name, number)
