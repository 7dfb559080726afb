"""What a person sees where a page cannot be shown: one line, and the way back."""

import logging

from flask import Blueprint, render_template
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST
from werkzeug.exceptions import HTTPException

from projects.errors import UserError

LONGEST = 600
"""Characters of a message that are shown: a hostile name may be most of it."""

logger = logging.getLogger(__name__)

Answer = tuple[str, int]


def handle_errors(blueprint: Blueprint) -> None:
    """Has all errors of a blueprint's pages shown as a page."""
    blueprint.register_error_handler(UserError, lambda error: _page(str(error), 400))
    blueprint.register_error_handler(MlflowException, _mlflows)
    blueprint.register_error_handler(HTTPException, _https)
    blueprint.register_error_handler(Exception, _unexpected)


def unknown_page(unknown: str) -> Answer:
    """Answers wherever there is no page."""
    raise MlflowException(
        f"expected the address of a page, got {unknown!r}: follow a link of the navigation",
        RESOURCE_DOES_NOT_EXIST,
    )


def _mlflows(error: Exception) -> Answer:
    assert isinstance(error, MlflowException)
    return _page(str(error.message), error.get_http_status_code())


def _https(error: Exception) -> Answer:
    assert isinstance(error, HTTPException)
    return _page(error.description or error.name, error.code or 500)


def _unexpected(error: Exception) -> Answer:
    logger.error("a page failed", exc_info=error)
    return _page("something broke here that should not: the server's log says what", 500)


def _page(message: str, status: int) -> Answer:
    line = " ".join(message.split())
    shown = line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."
    return render_template("error.html", message=shown, status=status), status
