"""Forms that change something: only from our own page, only from the browser that was shown it."""

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, render_template, request
from mlflow.environment_variables import _MLFLOW_SERVER_BOOT_ID
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED
from mlflow.server.handlers import _add_static_prefix

from registry.asker import asker

COOKIE = "syrinx_form"

_ALONE = secrets.token_hex()
"""Of a process that no `mlflow server` started, as in tests."""


def shown_with_form(template: str, **context: Any) -> Response:
    """Renders a page with a form, whose `token` is bound to page, browser and account."""
    nonce = request.cookies.get(COOKIE) or secrets.token_hex()
    response = Response(render_template(template, **context, token=_seal(nonce)))
    response.set_cookie(
        COOKIE,
        nonce,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path=_add_static_prefix("/syrinx"),
    )
    return response


def check_form() -> None:
    """Lets only such a form go on that this page showed in this browser.

    Raises:
        MlflowException: It comes from elsewhere.
    """
    nonce = request.cookies.get(COOKIE, "")
    sent = request.form.get("token", "").encode()
    if not nonce or not _from_here() or not hmac.compare_digest(sent, _seal(nonce).encode()):
        raise MlflowException(
            "expected this form to be sent from its own page, got it from elsewhere: open the page "
            "anew and send it from there",
            PERMISSION_DENIED,
        )


def _from_here() -> bool:
    """Whether the browser says that the form was sent from this very server."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # It is sent over HTTPS and at home only; Origin always is.
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _seal(nonce: str) -> str:
    about = "\n".join((nonce, asker(), request.path, request.values.get("version", "")))
    return hmac.new(_key().encode(), about.encode(), hashlib.sha256).hexdigest()


def _key() -> str:
    """What all workers of a server share."""
    return str(current_app.secret_key or _MLFLOW_SERVER_BOOT_ID.get() or _ALONE)
