"""MLflow's server with a guard on `@champion` and our pages: `mlflow server --app-name syrinx`.

The command imports this module too, only to see that these are functions, so it is kept light.
"""

import sys
from typing import Any

from flask import Flask, request
from mlflow.environment_variables import _MLFLOW_SGI_NAME
from mlflow.exceptions import MlflowException
from mlflow.server import app

from registry.asker import AUTHENTICATED


def create_app() -> Any:
    """MLflow's own app, guarded, with our pages: ASGI for uvicorn, WSGI for others."""
    _extend(app)
    if _MLFLOW_SGI_NAME.get() != "uvicorn":
        return app
    from mlflow.server.fastapi_app import create_fastapi_app

    return create_fastapi_app(app)


def create_basic_auth_app() -> Any:
    """As `create_app`, with MLflow's accounts: only promoters move `@champion`.

    Where a setting is missing, the process ends with one line and exit code 2.
    """
    from mlflow.server import auth

    from dashboards.pages import doors
    from registry.routes import PATHS

    _extend(app)
    app.config[AUTHENTICATED] = True
    # MLflow shuts what it knows no rule for to all but administrators.
    auth.BEFORE_REQUEST_VALIDATORS.update({(path, "POST"): _may_read_model for path in PATHS})
    auth.BEFORE_REQUEST_VALIDATORS.update({door: _asks_itself for door in doors()})
    try:
        return auth.create_app(app)
    except MlflowException as error:  # It names the variable that is missing.
        print(f"error: {' '.join(error.message.split())}", file=sys.stderr)
        sys.exit(2)


def _extend(flask_app: Flask) -> None:
    from dashboards.pages import add_pages
    from registry.guarded_stores import guard_stores
    from registry.routes import add_routes

    guard_stores()
    add_routes(flask_app)
    add_pages(flask_app)


def _asks_itself() -> bool:
    """A page shows everybody who is known what that one may see."""
    return True


def _may_read_model() -> bool:
    from dashboards.readers import may_read_model

    body = request.get_json(silent=True)
    return may_read_model(str(body.get("model") if isinstance(body, dict) else None))
