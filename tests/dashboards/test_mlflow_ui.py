"""The link in MLflow's UI, and those into it."""

from pathlib import Path

import pytest
from flask import Flask, send_file
from mlflow.server import REL_STATIC_DIR
from mlflow.server import app as mlflows

from dashboards import mlflow_ui
from dashboards.pages import add_pages

INDEX = Path(mlflows.root_path) / REL_STATIC_DIR / "index.html"


@pytest.fixture
def browser():
    """A server with MLflow's UI, or with one line of it where it was not built."""
    app = Flask("MLflow's app")
    app.add_url_rule("/", "serve", lambda: send_file(INDEX))
    add_pages(app)
    return app.test_client()


def test_mlflows_page_has_a_link_and_is_otherwise_its_own(browser):
    text = browser.get("/").text
    before, _, after = text.partition('<link rel="stylesheet" href="syrinx/')
    assert before + after[after.index("</body>") :] == INDEX.read_text()
    assert '<a class="to-syrinx" href="syrinx/">Syrinx</a>' in after


def test_a_page_that_a_browser_has_is_not_sent_again(browser):
    etag = browser.get("/").headers["ETag"]
    again = browser.get("/", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_browser_that_has_the_page_without_the_link_gets_the_new_one(browser):
    app = Flask("plain")
    app.add_url_rule("/", "serve", lambda: send_file(INDEX))
    plain = app.test_client().get("/").headers["ETag"]
    assert browser.get("/", headers={"If-None-Match": plain}).status_code == 200


def test_names_cannot_leave_their_place_in_an_address():
    assert mlflow_ui.version_page("a/../b?c#d", "1") == "/#/models/a%2F..%2Fb%3Fc%23d/versions/1"
    assert mlflow_ui.run_page("0", "x/y") == "/#/experiments/0/runs/x%2Fy"
