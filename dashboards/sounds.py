"""The sounds that an evaluation left in its run: mistakes, or what came back."""

import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
from mlflow import MlflowClient

from dashboards.spectrogram import spectrogram
from projects.errors import UserError

FOLDERS = {"mistakes": "test/mistakes", "audio": "test/audio", "codec": "evaluation/audio"}
"""Of a run's artifacts; nothing outside of these is served."""

FLAC = b"fLaC"
"""With what such a file begins."""

SOUNDS, PICTURES = 16, 256
"""How many are kept."""

_MISTAKE = re.compile(r"\d+-said-(.+)-is-(.+)")


@dataclass(frozen=True)
class Sound:
    """One file.

    Attributes:
        folder: Key of `FOLDERS`.
        place: In the listing of that folder, from 0.
        path: As the run's listing gives it.
    """

    folder: str
    place: int
    path: str

    @property
    def title(self) -> str:
        """What it is, as its name says."""
        stem = Path(self.path).stem
        said = _MISTAKE.fullmatch(stem)
        return f"{said[2]}, taken for {said[1]}".replace("_", " ") if said else stem


def sounds(run_id: str, folder: str) -> list[Sound]:
    """The FLAC files of a folder, in the order of their names.

    Raises:
        UserError: There is no such folder among `FOLDERS`.
    """
    if folder not in FOLDERS:
        raise UserError(f"folder: expected one of {', '.join(FOLDERS)}, got {folder!r}")
    listed = MlflowClient().list_artifacts(run_id, FOLDERS[folder])
    paths = sorted(each.path for each in listed if not each.is_dir)
    flacs = [path for path in paths if path.endswith(".flac")]
    return [Sound(folder, place, path) for place, path in enumerate(flacs)]


@lru_cache(maxsize=SOUNDS)
def content(run_id: str, path: str) -> bytes:
    """A file that `sounds` listed.

    Raises:
        UserError: It is no FLAC, whatever it is named.
    """
    with TemporaryDirectory() as temporary:
        fetched = mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path=path, dst_path=temporary
        )
        data = Path(fetched).read_bytes()
    if not data.startswith(FLAC):
        raise UserError(f"run {run_id}: expected a FLAC file, got another as {path!r}")
    return data


@lru_cache(maxsize=PICTURES)
def picture(run_id: str, path: str) -> bytes:
    """Its spectrogram, PNG.

    Raises:
        UserError: As in `content`.
    """
    return spectrogram(BytesIO(content(run_id, path)))
