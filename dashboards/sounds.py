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

LARGEST = 16_000_000
"""Bytes of a sound that is played: a minute of four channels at 48 kHz, say."""

LISTED = 60
"""Sounds of a folder; an evaluation keeps fewer."""

_MISTAKE = re.compile(r"\d+-said-(.+)-is-(.+)")


@dataclass(frozen=True)
class Sound:
    """One file.

    Attributes:
        folder: Key of `FOLDERS`.
        place: In the listing of that folder, from 0.
        path: As the run's listing gives it.
        bytes: How many it has, so that a file that was written anew is another sound.
    """

    folder: str
    place: int
    path: str
    bytes: int

    @property
    def title(self) -> str:
        """What it is, as its name says."""
        stem = Path(self.path).stem
        said = _MISTAKE.fullmatch(stem)
        return f"{said[2]}, taken for {said[1]}".replace("_", " ") if said else stem


def sounds(run_id: str, folder: str) -> list[Sound]:
    """The first `LISTED` FLAC files of a folder, in the order of their names.

    Raises:
        UserError: There is no such folder among `FOLDERS`.
    """
    if folder not in FOLDERS:
        raise UserError(f"folder: expected one of {', '.join(FOLDERS)}, got {folder!r}")
    listed = MlflowClient().list_artifacts(run_id, FOLDERS[folder])
    flacs = [each for each in listed if not each.is_dir and each.path.endswith(".flac")]
    ordered = sorted(flacs, key=lambda each: each.path)[:LISTED]
    return [
        Sound(folder, place, each.path, each.file_size or 0) for place, each in enumerate(ordered)
    ]


@lru_cache(maxsize=SOUNDS)
def content(run_id: str, sound: Sound) -> bytes:
    """A file that `sounds` listed.

    Raises:
        UserError: It is no FLAC, whatever it is named, or larger than `LARGEST`.
    """
    if sound.bytes > LARGEST:
        raise UserError(
            f"run {run_id}: expected a sound of at most {LARGEST / 1e6:.0f} MB, got "
            f"{sound.bytes / 1e6:.0f} MB as {sound.path!r}: it is among the run's artifacts"
        )
    with TemporaryDirectory() as temporary:
        fetched = mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path=sound.path, dst_path=temporary
        )
        data = Path(fetched).read_bytes()
    if not data.startswith(FLAC):
        raise UserError(f"run {run_id}: expected a FLAC file, got another as {sound.path!r}")
    return data


@lru_cache(maxsize=PICTURES)
def picture(run_id: str, sound: Sound) -> bytes:
    """Its spectrogram, PNG.

    Raises:
        UserError: As in `content`.
    """
    return spectrogram(BytesIO(content(run_id, sound)))
