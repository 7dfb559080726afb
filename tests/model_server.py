"""A registered model behind `mlflow models serve`, for the time of a test."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from conftest import environment
from live_server import free_port

SECONDS_TO_START = 240


@contextmanager
def running_model(store: str, uri: str, folder: Path) -> Iterator[str]:
    """Serves a model while the block runs, and yields where it answers.

    Args:
        store: Tracking URI of the store that has the model.
        uri: Of the model.
        folder: To start it in, far from the project's own.
    """
    port = free_port()
    ours = {**environment(), "MLFLOW_TRACKING_URI": store}
    del ours["PYTHONPATH"]
    ours["PATH"] = f"{Path(sys.executable).parent}:{ours['PATH']}"
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
    command += ["-m", uri, "-p", str(port)]
    log = folder / "model_server.log"
    with log.open("w") as told:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env=ours,
            stderr=told,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait(server, f"http://127.0.0.1:{port}/ping", log)
            yield f"http://127.0.0.1:{port}/invocations"
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(SECONDS_TO_START * 2):
        assert server.poll() is None, log.read_text()
        try:
            urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text())


def ask(url: str, audio: str, **params: int) -> tuple[int, dict]:
    """Status and answer to one row of base64 audio."""
    body = {"dataframe_split": {"columns": ["audio"], "data": [[audio]]}, "params": params}
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())
