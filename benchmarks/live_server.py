"""MLflow's server on a store in a folder, for the time of a benchmark."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from projects.errors import UserError

START_SECONDS = 300


@contextmanager
def live_server(folder: Path, options: Sequence[str]) -> Iterator[str]:
    """Runs a server of one process while the block runs.

    Args:
        folder: With `mlflow.db`; the server's log is written there.
        options: More of `mlflow server`'s.

    Yields:
        Its address, once it answers.

    Raises:
        UserError: It does not within `START_SECONDS`, or ends before.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    store = ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}", "--no-serve-artifacts"]
    where = ["--port", str(port), "--workers", "1", "--default-artifact-root", str(folder)]
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *store, *where, *options],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield _answering(f"http://127.0.0.1:{port}", process, folder / "log")
        finally:
            process.terminate()
            process.wait()


def _answering(uri: str, process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise UserError(
                f"expected a server, it ended with code {process.returncode}: see {log}"
            )
        with suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(f"{uri}/health", timeout=1).ok:
                return uri
        time.sleep(0.5)
    raise UserError(f"expected a server within {START_SECONDS} s: see {log}")
