"""A tracking store and a database of studies, empty, in a folder of their own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from local_store import tracking


@pytest.fixture
def url(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where studies are kept; the tracking store is beside it, and both in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    shutil.copy(empty_database, tmp_path)
    with tracking(f"sqlite:///{tmp_path / 'mlflow.db'}") as client:
        experiment = client.create_experiment("studies", (tmp_path / "runs").as_uri())
        mlflow.set_experiment(experiment_id=experiment)
        yield f"sqlite:///{tmp_path / 'optuna.db'}"
        while mlflow.active_run():
            mlflow.end_run()


@pytest.fixture
def worker_run(url: str) -> Iterator[str]:
    """The run that an entry point would have opened."""
    with mlflow.start_run() as run:
        yield run.info.run_id
