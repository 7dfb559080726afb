"""Our pages over a store with versions in all states, without a server."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from candidates import findings, make_candidate, new_version
from flask import Flask
from flask.testing import FlaskClient
from local_store import local_store, tracking
from mlflow import MlflowClient

from dashboards.pages import add_pages
from registry.promotion import Asked, promote

OTHER_SET = "e" * 36


@pytest.fixture(scope="session")
def built_store(tmp_path_factory, empty_database) -> Path:
    """The folder of `store`."""
    folder = tmp_path_factory.mktemp("store")
    with local_store(empty_database, folder) as client:
        for accuracy in (0.8, 0.9, 0.1):
            version = make_candidate(client, "wrens", accuracy)
            promote(Asked("wrens", str(version.version), "ada"))
        make_candidate(client, "wrens", 0.7)
        new_version(client, "wrens")
        make_candidate(client, "owls", found=findings(0.6, OTHER_SET))
    return folder


@pytest.fixture
def store(built_store) -> Iterator[MlflowClient]:
    """To be read only, as all tests share it.

    Of wrens, version 2 is champion, 1 previous, 3 refused, 4 undecided and 5 not evaluated. Of
    owls, version 1 was evaluated on another test set.
    """
    with chdir(built_store), tracking(f"sqlite:///{built_store / 'mlflow.db'}") as client:
        yield client


@pytest.fixture
def browser() -> FlaskClient:
    """What asks for pages and keeps cookies; the store is that of the other fixtures."""
    app = Flask("MLflow's app")
    add_pages(app)
    return app.test_client()


@pytest.fixture
def own_store(tmp_path, empty_database) -> Iterator[MlflowClient]:
    """With nothing in it, for one test only."""
    with local_store(empty_database, tmp_path) as client:
        yield client
