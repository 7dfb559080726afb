"""One version of a registered model that answers, in a process of its own."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.models import Model

from projects.errors import UserError

PROCESS = Path(__file__).with_name("process.py")


class ServingError(UserError):
    """What to serve was understood, and serving it failed."""

    exit_code = 1


@dataclass
class ServedVersion:
    """A version that is loaded and answers; made by `start_version`.

    Attributes:
        version: As it is registered.
        model_id: Of the logged model, which the registry does not tell.
        process: Runs MLflow's scoring server; it ends with this process, however that ends.
        folder: Holds a copy of the model, and the socket.
        loaded: When it was ready.
    """

    version: ModelVersion
    model_id: str | None
    process: subprocess.Popen[str]
    folder: "TemporaryDirectory[str]"
    loaded: datetime = field(default_factory=lambda: datetime.now(UTC))
    _requests: int = 0
    _retired: bool = False

    @property
    def label(self) -> str:
        """NAME/VERSION, percent-encoded, so that it fits into a header."""
        return f"{quote(self.version.name, safe='')}/{self.version.version}"

    @property
    def address(self) -> str:
        """Of the Unix socket on which it answers."""
        return _address(self.folder)

    @property
    def ended(self) -> bool:
        """Whether its process is gone."""
        return self.process.poll() is not None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps it from being stopped while it has a request to answer."""
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1
            self._stop_if_done()

    def retire(self) -> None:
        """Stops it as soon as the requests that it has are answered."""
        self._retired = True
        self._stop_if_done()

    def _stop_if_done(self) -> None:
        if self._retired and not self._requests:
            self.stop()

    def stop(self) -> None:
        """Ends its process and removes its copy of the model."""
        with self.process:
            self.process.kill()
        self.folder.cleanup()


def start_version(version: ModelVersion) -> ServedVersion:
    """Loads a version, on the code that it was logged with, and waits until it can answer.

    Raises:
        ServingError: Its files cannot be read, or its code cannot load them.
    """
    folder = TemporaryDirectory(prefix="syrinx-serve-")
    model_id = _download(version, folder.name)
    # What is compiled beside the code is not in its digest, and so not run.
    python = [sys.executable, "-P", "-X", f"pycache_prefix={folder.name}/compiled"]
    process = subprocess.Popen(
        [*python, str(PROCESS), folder.name, _address(folder)],
        stdin=subprocess.PIPE,  # Never written to: it closes when this process ends.
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for this process, which lets requests finish.
    )
    served = ServedVersion(version, model_id, process, folder)
    told = _first_line(process)
    if told != "ready":
        served.stop()
        raise ServingError(f"{version.name} version {version.version} cannot be loaded: {told}")
    return served


def _address(folder: "TemporaryDirectory[str]") -> str:
    return str(Path(folder.name) / "socket")


def _download(version: ModelVersion, folder: str) -> str | None:
    uri = f"models:/{version.name}/{version.version}"
    try:
        mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=folder)
        return Model.load(folder).model_id
    except Exception as error:  # Whatever the client of an artifact store raises.
        reason = " ".join(str(error).split())
        raise ServingError(f"{uri} cannot be read: {type(error).__name__}: {reason}") from error


def _first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    told = process.stdout.readline().strip()
    if told:
        return told
    code = process.wait()
    ending = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"its process ended by {ending}"
