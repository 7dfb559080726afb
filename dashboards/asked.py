"""What an address asks for: versions as `version=NAME/NUMBER`."""

from flask import request, url_for
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from dashboards.readers import check_model
from dashboards.untrusted import whole_number
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
        UserError: None is, or several are.
        MlflowException: There is no such version, or the asker may not read it.
    """
    (version,) = asked_versions(at_least=1, at_most=1)
    return version


def asked_versions(at_least: int, at_most: int) -> list[ModelVersion]:
    """All versions that are asked for, each once, in the order of the address.

    Raises:
        UserError: They are fewer or more.
        MlflowException: There is no such version, or the asker may not read it.
    """
    wanted = list(dict.fromkeys(map(_parts, request.values.getlist("version"))))
    if not at_least <= len(wanted) <= at_most:
        raise UserError(
            f"expected {at_least} to {at_most} of version=NAME/NUMBER, got {len(wanted)}: "
            "choose versions on the leaderboard"
        )
    return [_found(name, number) for name, number in wanted]


def _parts(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("/")
    count = whole_number(number)
    if not name or count is None:
        raise UserError(
            f"expected version=NAME/NUMBER, got {text!r}: choose one on the leaderboard"
        )
    return name, count


def _found(name: str, number: int) -> ModelVersion:
    check_model(name)
    return MlflowClient().get_model_version(name, str(number))
