"""Who asks the server, and who of them may move `@champion`."""

import os

from flask import g, has_request_context
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED
from mlflow.server import app

UNKNOWN = "unknown (no authentication)"
PROMOTERS = "SYRINX_PROMOTERS"
"""Environment variable of the server: accounts that may promote besides administrators."""

AUTHENTICATED = "SYRINX_AUTHENTICATED"
"""In the Flask app's configuration: whether the server asks who somebody is."""


def asker() -> str:
    """Name of the account whose request is answered, as far as the server knows it."""
    # MLflow's authentication leaves the name here before it lets a request through.
    known = g.get("mlflow_authenticated_user") if has_request_context() else None
    return known or UNKNOWN


def promoter() -> str:
    """Name of the account whose request is answered, where it may move `@champion`.

    Raises:
        MlflowException: The server asks who somebody is, and this one may not.
    """
    name = asker()
    if app.config.get(AUTHENTICATED) and not _may_promote(name):
        raise MlflowException(
            f"{name}: expected an administrator or an account named in {PROMOTERS}: ask one of "
            "them to promote, or set another alias than @champion",
            PERMISSION_DENIED,
        )
    return name


def _may_promote(name: str) -> bool:
    from mlflow.server import auth  # Needs Flask-WTF, which a server without accounts has not.

    if name == UNKNOWN:
        return False
    named = [each.strip() for each in os.environ.get(PROMOTERS, "").split(",")]
    return name in named or bool(auth.store.get_user(name).is_admin)
