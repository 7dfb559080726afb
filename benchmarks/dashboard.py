"""The leaderboard beside MLflow's own search for the same rows, on the same live server.

MLflow's are two requests, as versions and the metrics of their runs are searched for one by one;
they bring neither intervals nor what was decided. Both are asked over HTTP, in turn.
"""

from functools import partial
from pathlib import Path
from typing import Any

import requests
from pydantic import Field

from benchmarks.live_server import live_server
from benchmarks.many_versions import many_versions
from benchmarks.measuring import median_seconds, ratio_line, run_benchmark
from evaluation.markdown import markdown_table
from projects.config import Config
from projects.errors import UserError

MLFLOW, SYRINX = "mlflow", "syrinx"
SEARCHED_AT_ONCE = 10_000

_SESSION = requests.Session()


class DashboardConfig(Config):
    """Measures how long the leaderboard takes to answer."""

    store: Path = Field(
        Path(".syrinx/benchmarks/dashboard"), description="folder of stores, each filled once"
    )
    runs: int = Field(2000, ge=100, description="in the store")
    versions: int = Field(100, ge=10, description="of them registered and evaluated")
    rounds: int = Field(50, ge=5, description="of each request")


def measure(config: DashboardConfig) -> None:
    """Asks in turn and prints medians and the ratio."""
    folder = many_versions(config.store.resolve(), config.runs, config.versions)
    with live_server(folder, ["--app-name", SYRINX]) as uri:
        rows = _rows(uri)
        if rows != [config.versions] * 2:
            raise UserError(f"expected {config.versions} rows of both, got {rows}: another store?")
        found = _versions(uri)
        medians = median_seconds(
            {
                SYRINX: partial(_leaderboard, uri),
                MLFLOW: partial(_searched, uri),
                "versions": partial(_versions, uri),
                "runs": partial(_runs, uri, found),
            },
            config.rounds,
        )
    labels = {
        SYRINX: "leaderboard",
        MLFLOW: "mlflow: versions, then their runs",
        "versions": "mlflow: search model versions",
        "runs": "mlflow: search runs",
    }
    print(f"data: {config.runs} runs, {config.versions} versions in sqlite; {config.rounds} rounds")
    print()
    table = [[labels[name], f"{1000 * seconds:.1f}"] for name, seconds in medians.items()]
    print(markdown_table(["request", "p50 in ms"], table))
    print()
    print(ratio_line(medians[MLFLOW], medians[SYRINX], f"answers/s, {SYRINX} / {MLFLOW}"))


def _rows(uri: str) -> list[int]:
    """How many versions both answer with."""
    return [_leaderboard(uri).count('<input type="checkbox"'), len(_searched(uri))]


def _leaderboard(uri: str) -> str:
    answer = _SESSION.get(f"{uri}/syrinx/")
    answer.raise_for_status()
    return answer.text


def _searched(uri: str) -> list[Any]:
    return _runs(uri, _versions(uri))


def _versions(uri: str) -> list[Any]:
    answer = _SESSION.get(
        f"{uri}/api/2.0/mlflow/model-versions/search", params={"max_results": SEARCHED_AT_ONCE}
    )
    answer.raise_for_status()
    return list(answer.json()["model_versions"])


def _runs(uri: str, versions: list[Any]) -> list[Any]:
    wanted = ", ".join(f"'{each['run_id']}'" for each in versions)
    body: dict[str, Any] = {
        "experiment_ids": ["1"],
        "filter": f"attributes.run_id IN ({wanted})",
        "max_results": SEARCHED_AT_ONCE,
    }
    answer = _SESSION.post(f"{uri}/api/2.0/mlflow/runs/search", json=body)
    answer.raise_for_status()
    return list(answer.json()["runs"])


if __name__ == "__main__":
    run_benchmark(DashboardConfig, measure)
