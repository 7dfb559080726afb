"""An MLflow store in a folder of its own, for the time of a test."""

import shutil
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import mlflow
from mlflow import MlflowClient


@contextmanager
def local_store(database: Path, folder: Path) -> Iterator[MlflowClient]:
    """Tracks in a folder while the block runs.

    Args:
        database: An MLflow database to start from; it is copied.
        folder: For the copy and for artifacts.
    """
    shutil.copy(database, folder / "mlflow.db")
    before = mlflow.get_tracking_uri()
    with chdir(folder):  # MLflow would otherwise leave its artifacts wherever pytest was started.
        mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
        try:
            yield MlflowClient()
        finally:
            mlflow.set_tracking_uri(before)
