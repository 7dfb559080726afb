"""From Xeno-canto's metadata and sound on disk to a manifest."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from projects.audio.manifest import validated_manifest
from projects.audio.readers import files_below
from projects.audio.xeno_canto.columns import NUMBERS, column_of, recording_of
from projects.audio.xeno_canto.pages import read_pages
from projects.audio.xeno_canto.sounds import Sounds
from projects.audio.xeno_canto.tables import missing_columns, read_table
from projects.errors import UserError

logger = logging.getLogger(__name__)

SAID_ONCE = ("label", "recordist")
"""What two descriptions of one recording must agree on."""


def read_xeno_canto(source: Path, group: str | None = None) -> pd.DataFrame:
    """Reads JSON pages of the API and CSVs of recordings, with the sound files below them.

    A recording that is described more than once is one row. One whose sound is not there is
    kept, with the path where it was looked for: what reads the sound names it as failed.

    Args:
        source: A folder with pages and CSVs at any depth, or one page, or one CSV.
        group: The column whose values must not be on two sides of a split; None: the recordist.

    Returns:
        A manifest with the columns of `recording_of`.

    Raises:
        UserError: No metadata, a file that is none, a recording without a species or recordist,
            or one that is described in two ways.
    """
    entries = _entries(source)
    described: dict[str, tuple[Path, dict[str, Any]]] = {}
    for path, entry in entries:
        recording = recording_of(entry)
        _check(path, recording)
        first = described.setdefault(recording["recording_id"], (path, recording))
        _check_same(first, (path, recording))
    logger.info("%s: %d rows name %d recordings", source, len(entries), len(described))
    frame = pd.DataFrame([recording for _, recording in described.values()])
    return _manifest(_with_paths(frame, source), str(source), group)


def _entries(source: Path) -> list[tuple[Path, dict[str, Any]]]:
    if source.is_dir():
        entries = _entries_below(source)
    elif source.suffix.lower() == ".json":
        entries = read_pages([source])
    else:
        table = read_table(source)
        if missing := missing_columns(table):
            raise UserError(
                f"{source}: expected a column for {' and '.join(missing)}, "
                f"got {', '.join(map(str, table.columns))}"
            )
        entries = _rows(source, table)
    if not entries:
        raise UserError(
            f"{source}: expected recordings in pages of Xeno-canto's API (*.json) or in a CSV "
            "with id, species and recordist, found none"
        )
    return entries


def _entries_below(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    entries = read_pages(files_below(folder, "**/*", frozenset({".json"})))
    for path in files_below(folder, "**/*", frozenset({".csv"})):
        table = read_table(path)
        if missing := missing_columns(table):
            logger.warning("%s: passed over, no column for %s", path, " and ".join(missing))
        else:
            entries += _rows(path, table)
    return entries


def _rows(path: Path, table: pd.DataFrame) -> list[tuple[Path, dict[str, Any]]]:
    return [(path, row) for row in table.rename(columns=str).to_dict("records")]


def _check(path: Path, recording: dict[str, Any]) -> None:
    for column in ("recording_id", *SAID_ONCE):
        if not recording[column]:
            raise UserError(
                f"{path}: recording {recording['recording_id'] or '?'} has no {column}; "
                "fill it in or take the recording out"
            )


def _check_same(first: tuple[Path, dict[str, Any]], second: tuple[Path, dict[str, Any]]) -> None:
    for column in SAID_ONCE:
        if first[1][column] != second[1][column]:
            raise UserError(
                f"{first[1]['recording_id']} has the {column} {first[1][column]!r} in {first[0]} "
                f"and {second[1][column]!r} in {second[0]}: keep the right one"
            )


def _with_paths(frame: pd.DataFrame, source: Path) -> pd.DataFrame:
    sounds = Sounds(source if source.is_dir() else source.parent)
    names = frame["recording_id"]
    found = [sounds.of(*name) for name in zip(names, frame["file_name"], strict=True)]
    absent = [name for name, path in zip(names, found, strict=True) if path is None]
    if absent:
        logger.warning("%s: no sound for %d, the first %s", source, len(absent), absent[0])
    paths = [path or sounds.awaited(name) for name, path in zip(names, found, strict=True)]
    return frame.assign(path=list(map(str, paths)))


def _manifest(frame: pd.DataFrame, source: str, group: str | None) -> pd.DataFrame:
    column = column_of(group or "recordist")
    if column not in frame:
        raise UserError(
            f"{source}: expected the group column {group!r}, got {', '.join(frame.columns)}"
        )
    texts = [name for name in frame.columns if name not in NUMBERS]
    frame[texts] = frame[texts].fillna("")
    return validated_manifest(frame.assign(group=frame[column]), source)
