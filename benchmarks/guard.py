"""The server with the guard on `@champion`, beside MLflow's own, on the same requests.

Two servers of one process each, on copies of one database, are asked in turn; every request is of
those that a training or the UI makes. Moving `@champion` itself is not among them: there the guard
does what the plain server cannot.
"""

import shutil
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
import requests
from mlflow import MlflowClient
from pydantic import Field

from benchmarks.live_server import live_server
from benchmarks.measuring import median_seconds, ratio_line, run_benchmark
from evaluation.markdown import markdown_table
from projects.config import Config

MLFLOW, SYRINX = "mlflow", "syrinx"
MODEL = "species-classifier"

_SESSION = requests.Session()


class GuardConfig(Config):
    """Measures what the guard costs the server."""

    runs: int = Field(200, ge=10, description="in the store")
    rounds: int = Field(200, ge=20, description="of each request at each server")


def measure(config: GuardConfig) -> None:
    """Asks both servers in turn and prints medians and the ratio."""
    with TemporaryDirectory() as temporary:
        folders = [Path(temporary) / name for name in (MLFLOW, SYRINX)]
        run_id = _fill(Path(temporary), config.runs)
        for folder in folders:
            folder.mkdir()
            shutil.copy(Path(temporary) / "mlflow.db", folder)
        syrinx = ["--app-name", SYRINX]
        with live_server(folders[0], []) as plain, live_server(folders[1], syrinx) as ours:
            uris = {MLFLOW: plain, SYRINX: ours}
            medians = {
                name: median_seconds(
                    {each: partial(ask, uri) for each, uri in uris.items()}, config.rounds
                )
                for name, ask in _requests(run_id).items()
            }
    rows = [
        [name, *(f"{1000 * of[server]:.2f}" for server in (MLFLOW, SYRINX))]
        for name, of in medians.items()
    ]
    print(f"data: {config.runs} runs and one model in sqlite; {config.rounds} rounds in turn\n")
    print(markdown_table(["request, p50 in ms", MLFLOW, SYRINX], rows))
    print()
    # Each request counts alike, however long it takes.
    ratio = statistics.geometric_mean(of[MLFLOW] / of[SYRINX] for of in medians.values())
    print(ratio_line(ratio, 1.0, f"answers/s, {SYRINX} / {MLFLOW}"))


def _fill(folder: Path, runs: int) -> str:
    """Makes a store and returns its last run."""
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    client = MlflowClient()
    client.create_registered_model(MODEL)
    client.create_model_version(MODEL, folder.as_uri())
    for _ in range(runs):
        run = client.create_run("0", tags={"kind": "benchmark"})
        client.log_metric(run.info.run_id, "test.accuracy", 0.5)
    return run.info.run_id


def _requests(run_id: str) -> dict[str, Callable[[str], None]]:
    """What a training and the UI ask for, each a function of the server's address."""
    metric = {"key": "loss", "value": 0.5, "timestamp": 1, "step": 1}
    tag = {"run_id": run_id, "key": "note", "value": "x"}
    return {
        "get run": partial(_get, "runs/get", {"run_id": run_id}),
        "search 20 runs": partial(
            _post, "runs/search", {"experiment_ids": ["0"], "max_results": 20}
        ),
        "create run": partial(_post, "runs/create", {"experiment_id": "0"}),
        "log metrics": partial(
            _post, "runs/log-batch", {"run_id": run_id, "metrics": [metric] * 10}
        ),
        "set tag": partial(_post, "runs/set-tag", tag),
        "get model": partial(_get, "registered-models/get", {"name": MODEL}),
        "set @candidate": partial(
            _post, "registered-models/alias", {"name": MODEL, "alias": "candidate", "version": "1"}
        ),
        "get version": partial(_get, "model-versions/get", {"name": MODEL, "version": "1"}),
    }


def _get(path: str, parameters: dict[str, Any], uri: str) -> None:
    _SESSION.get(f"{uri}/api/2.0/mlflow/{path}", params=parameters).raise_for_status()


def _post(path: str, body: dict[str, Any], uri: str) -> None:
    _SESSION.post(f"{uri}/api/2.0/mlflow/{path}", json=body).raise_for_status()


if __name__ == "__main__":
    run_benchmark(GuardConfig, measure)
