"""An aviary written into a folder: audio files first, the manifest last."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import soundfile as sf

from projects.audio.aviary.catalogue import SOURCE, plan_recordings
from projects.audio.aviary.recording import Recording, synthesise
from projects.audio.aviary.settings import Aviary
from projects.errors import UserError

MANIFEST = "aviary.csv"
_RECIPE = 2  # raised whenever the same plan would give other samples
_FORMATS = {
    ".flac": ("FLAC", "PCM_16"),
    ".wav": ("WAV", "PCM_16"),
}


def write_aviary(folder: Path, aviary: Aviary) -> Path:
    """Write all recordings of an aviary, then its manifest; files already made are kept.

    Returns:
        Path of the manifest.

    Raises:
        UserError: the folder cannot be written.
    """
    frame = plan_recordings(aviary)
    for row in frame.to_dict("records"):
        write_recording(folder, aviary, row)
    return write_catalogue(folder, frame)


def write_recording(folder: Path, aviary: Aviary, row: Mapping[Any, Any]) -> Path:
    """Write one recording, unless the folder holds it already.

    Args:
        folder: made if absent.
        aviary: settings that the plan was made with.
        row: a row of `plan_recordings(aviary)`.

    Returns:
        Path of its audio file: 16-bit FLAC or WAV, mono.

    Raises:
        UserError: the folder cannot be written.
    """
    path = folder / row["file-name"]
    recording = Recording.from_row(aviary, row)
    tag = f"{SOURCE}, recipe {_RECIPE}, {recording}"
    if not (path.exists() and _tag_of(path) == tag):
        _replace(path, lambda temporary: _write_audio(temporary, path.suffix, recording, tag))
    return path


def write_catalogue(folder: Path, frame: pd.DataFrame) -> Path:
    """Write the plan as the folder's manifest, `aviary.csv`; call it last.

    Raises:
        UserError: the folder cannot be written.
    """
    path = folder / MANIFEST
    _replace(path, lambda temporary: frame.to_csv(temporary, index=False))
    return path


def _tag_of(path: Path) -> str:
    try:
        with sf.SoundFile(path) as file:
            return file.comment
    except sf.LibsndfileError:  # not audio: it is written anew
        return ""


def _write_audio(path: Path, suffix: str, recording: Recording, tag: str) -> None:
    samples, rate = synthesise(recording)
    container, subtype = _FORMATS[suffix]
    with sf.SoundFile(path, "w", rate, 1, subtype, format=container) as file:
        file.comment = tag  # says what the file holds, so that it is kept only for the same plan
        file.write(samples)


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in the place of `path`.

    The temporary's name is fixed, so that a run after a killed one leaves nothing behind.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, sf.LibsndfileError) as error:
        raise UserError(
            f"aviary: expected a folder that can be written, got {path.parent} ({error}); "
            "choose another or free some space"
        ) from error
