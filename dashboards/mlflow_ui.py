"""Links from MLflow's UI to our pages, and from our pages into MLflow's UI."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, request
from mlflow.server.handlers import _add_static_prefix

from dashboards.files import read

INDEX = "serve"
"""MLflow's endpoint that answers with its UI."""

SUFFIX = "-syrinx"
LINK = """<link rel="stylesheet" href="syrinx/static/link.css?v={digest}">
<a class="to-syrinx" href="syrinx/">Syrinx</a>"""


def home() -> str:
    """MLflow's UI."""
    return _add_static_prefix("/")


def run_page(experiment_id: str, run_id: str) -> str:
    """A run in MLflow's UI."""
    return f"{home()}#/experiments/{quote(experiment_id, safe='')}/runs/{quote(run_id, safe='')}"


def experiment_page(experiment_id: str) -> str:
    """An experiment in MLflow's UI."""
    return f"{home()}#/experiments/{quote(experiment_id, safe='')}"


def version_page(name: str, number: str) -> str:
    """A version of a registered model in MLflow's UI."""
    return f"{home()}#/models/{quote(name, safe='')}/versions/{quote(number, safe='')}"


def add_link(app: Flask) -> None:
    """Adds a small link to the page that MLflow's UI is, on an app that has it."""
    view = app.view_functions.get(INDEX)
    if view is not None:
        app.view_functions[INDEX] = _linked(view)


def _linked(view: Callable[[], Any]) -> Callable[[], Response]:
    def with_link() -> Response:
        # A browser that has the page without the link must not be told that it has not changed.
        known = request.environ.pop("HTTP_IF_NONE_MATCH", "")
        request.environ.pop("HTTP_IF_MODIFIED_SINCE", "")
        response = current_app.make_response(view())
        if response.mimetype == "text/html":
            _add(response)
        request.environ["HTTP_IF_NONE_MATCH"] = known
        response.make_conditional(request.environ)
        return response

    return with_link


def _add(response: Response) -> None:
    response.direct_passthrough = False  # It is a file, not yet read.
    link = LINK.format(digest=read("link.css").digest)
    response.set_data(response.get_data().replace(b"</body>", f"{link}</body>".encode()))
    response.set_etag(f"{response.get_etag()[0]}{SUFFIX}")
