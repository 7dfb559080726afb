"""What takes long to make and several tests share: a live server, and a store to be damaged."""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from candidates import make_candidate
from live_server import running_server
from local_store import local_store, tracking
from mlflow import MlflowClient

from projects.tracking import run_without_tracking
from registry.audit import AuditConfig, audit
from registry.promotion import Asked, promote
from registry.versions import CHAMPION


@pytest.fixture(scope="session")
def address(tmp_path_factory, empty_database) -> Iterator[str]:
    """Of a server without accounts."""
    with running_server("syrinx", empty_database, tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="module")
def client(address) -> Iterator[MlflowClient]:
    """A client of it, as all that is imported is meanwhile."""
    with tracking(address) as client:
        yield client


@pytest.fixture(scope="module")
def reigning(client, request) -> str:
    """A model of two versions that were promoted: 2 is champion, 1 is previous."""
    name = f"reigning in {request.module.__name__}"
    for accuracy in (0.8, 0.9):
        version = make_candidate(client, name, accuracy)
        client.set_registered_model_alias(name, CHAMPION, version.version)
    return name


@pytest.fixture(scope="session")
def wrens_and_owls(tmp_path_factory, empty_database) -> Path:
    """The folder of a store, and in it `kept`, a copy of all.

    Of wrens, version 2 is champion, 1 previous and 3 refused; of owls, version 1 is champion.
    """
    folder = tmp_path_factory.mktemp("wrens_and_owls")
    with local_store(empty_database, folder) as client:
        for model, accuracies in {"wrens": (0.9, 0.9, 0.1), "owls": (0.9,)}.items():
            for accuracy in accuracies:
                version = make_candidate(client, model, accuracy)
                promote(Asked(model, str(version.version), "ada"))
        shutil.copytree("mlruns", "kept/mlruns")
        shutil.copy("mlflow.db", "kept")
    return folder


@pytest.fixture
def damaged(wrens_and_owls, monkeypatch) -> Iterator[MlflowClient]:
    """That store, to be damaged; it is made whole again afterwards."""
    monkeypatch.chdir(wrens_and_owls)
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    with tracking(f"sqlite:///{wrens_and_owls / 'mlflow.db'}") as client:
        yield client
    shutil.rmtree("mlruns")
    shutil.copytree("kept/mlruns", "mlruns")
    # Its connections stay open: a new file in its place would not be seen.
    with (
        closing(sqlite3.connect("kept/mlflow.db")) as kept,
        closing(sqlite3.connect("mlflow.db")) as store,
    ):
        kept.backup(store)


@pytest.fixture
def audited(damaged, monkeypatch, capsys) -> Callable[..., tuple[int, list[str]]]:
    """Runs the entry point on that store, and gives its exit code and the rows that it printed."""

    def run(*arguments: str) -> tuple[int, list[str]]:
        monkeypatch.setattr(sys, "argv", ["audit", *arguments])
        capsys.readouterr()
        code = 0
        try:
            run_without_tracking(AuditConfig, audit)
        except SystemExit as ended:
            code = ended.code
        lines = [line for line in capsys.readouterr().out.splitlines() if line[:3] != "|--"]
        return code, [" ".join(line.split()) for line in lines[1:] or lines]

    return run
