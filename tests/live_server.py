"""MLflow's server with our app, as `make ui` starts it, for the time of a test."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from conftest import environment

SECONDS_TO_START = 180


def free_port() -> int:
    """One of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_server(app: str, database: Path, folder: Path, **variables: str) -> Iterator[str]:
    """Runs a server while the block runs, and yields its address.

    Args:
        app: `syrinx` or `syrinx-basic-auth`.
        database: An MLflow database to start from; it is copied.
        folder: For the copy and for artifacts.
        variables: Of the server's environment.
    """
    shutil.copy(database, folder / "mlflow.db")
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--app-name", app, "--workers", "1"]
    command += ["--port", str(port), "--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--no-serve-artifacts", "--default-artifact-root", str(folder / "mlruns")]
    ours = {**environment(), "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", **variables}
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=ours, stdout=log, stderr=log)
        try:
            _wait(server, f"http://127.0.0.1:{port}", folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=60)


def _wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(SECONDS_TO_START * 5):
        try:
            urlopen(f"{address}/health", timeout=5)
            return
        except (URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
    raise AssertionError(log.read_text())
