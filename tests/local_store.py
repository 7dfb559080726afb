"""An MLflow store in a folder of its own, for the time of a test."""

import shutil
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import mlflow
from mlflow import MlflowClient


@contextmanager
def tracking(uri: str) -> Iterator[MlflowClient]:
    """Tracks at an address while the block runs."""
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(uri)
    try:
        yield MlflowClient()
    finally:
        mlflow.set_tracking_uri(before)


@contextmanager
def local_store(database: Path, folder: Path) -> Iterator[MlflowClient]:
    """Tracks in a folder while the block runs.

    Args:
        database: An MLflow database to start from; it is copied.
        folder: For the copy and for artifacts.
    """
    shutil.copy(database, folder / "mlflow.db")
    # MLflow would otherwise leave its artifacts wherever pytest was started.
    with chdir(folder), tracking(f"sqlite:///{folder / 'mlflow.db'}") as client:
        yield client


def newest_curve(folder: Path, experiment: str, metric: str) -> list[float]:
    """A metric's values, step by step, in the newest run of an experiment of such a store."""
    store = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    found = store.get_experiment_by_name(experiment)
    newest = store.search_runs([found.experiment_id], order_by=["start_time DESC"])[0]
    history = store.get_metric_history(newest.info.run_id, metric)
    return [point.value for point in sorted(history, key=lambda point: point.step)]
