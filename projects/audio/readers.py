"""From what people have on disk to a manifest."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from projects.audio.manifest import validated_manifest
from projects.errors import UserError

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".mp3"})
VIDEO_SUFFIXES = frozenset({".mp4", ".m4a", ".mkv", ".mov", ".webm", ".avi"})

ALIASES = {
    "path": ("path", "filename", "file_name", "file-name", "file"),
    "label": ("label", "species", "class", "en", "english_cname"),
    "group": ("group", "recordist", "rec", "who_provided_recording", "speaker", "source"),
    "recording_id": ("recording_id", "id"),
}
"""Names under which each column of the manifest is found in people's CSVs, best first."""


def read_folder(folder: Path) -> pd.DataFrame:
    """Reads a folder a class: `folder/<label>/**/<recording>`.

    Each file is its own group, since folders do not say who recorded it. Hidden files are
    passed over: systems and killed programs leave some that look like audio.

    Args:
        folder: Holds one subfolder a label.

    Returns:
        A manifest.

    Raises:
        UserError: The folder is missing or holds no audio in subfolders.
    """
    if not folder.is_dir():
        raise UserError(f"expected a folder with a subfolder for each label, got {str(folder)!r}")
    paths = files_below(folder, "*/**/*", AUDIO_SUFFIXES)
    if not paths:
        raise UserError(
            f"{folder}: expected <label>/<recording>{{{','.join(sorted(AUDIO_SUFFIXES))}}}, "
            "found no audio file in any subfolder"
        )
    identities = [path.relative_to(folder).as_posix() for path in paths]
    frame = pd.DataFrame(
        {
            "recording_id": identities,
            "path": [str(path.absolute()) for path in paths],
            "label": [identity.split("/")[0] for identity in identities],
            "group": identities,
        }
    )
    return validated_manifest(frame, str(folder))


def read_sound_folders(folders: Sequence[Path]) -> pd.DataFrame:
    """Reads all sound and video below folders, for jobs that need no labels.

    The label is the folder's name; each file is its own group, named without its folder, so that
    it is the same group however it was reached.

    Args:
        folders: Each holds recordings, at any depth.

    Returns:
        A manifest.

    Raises:
        UserError: A folder is missing or holds no sound, or two hold one file name.
    """
    rows = []
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"expected a folder of sound, got {str(folder)!r}")
        paths = files_below(folder, "**/*", AUDIO_SUFFIXES | VIDEO_SUFFIXES)
        if not paths:
            raise UserError(f"{folder}: expected sound or video, found none")
        label = folder.absolute().name
        rows += [
            (
                f"{label}/{path.relative_to(folder).as_posix()}",
                str(path.absolute()),
                label,
                path.stem,
            )
            for path in paths
        ]
    frame = pd.DataFrame(rows, columns=["recording_id", "path", "label", "group"])
    return validated_manifest(frame, ", ".join(map(str, folders)))


def read_csv(source: Path, group: str | None = None, labelled: bool = True) -> pd.DataFrame:
    """Reads a CSV of recordings, or the one CSV in a folder.

    Columns are found under the names in `ALIASES`; paths are relative to the CSV. Without a
    recording_id the path stands for it.

    Args:
        source: The CSV or its folder.
        group: The column whose values must not be on two sides of a split; None looks for one.
        labelled: Whether a label is needed; else a CSV without one has the label "sound".

    Returns:
        A manifest with the CSV's other columns kept.

    Raises:
        UserError: No such file, more than one CSV, not a CSV, or a column that is missing.
    """
    path = _the_csv(source)
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path}: expected a CSV with a header, got: {str(error).strip()}"
        ) from None
    if not labelled and not set(ALIASES["label"]) & set(table.columns):
        table["label"] = "sound"
    chosen = {name: _column(table, name, path) for name in ("path", "label")}
    chosen["group"] = _named(table, group, path) if group else _column(table, "group", path)
    identity = next((name for name in ALIASES["recording_id"] if name in table), chosen["path"])
    chosen["recording_id"] = identity
    named = table.assign(**{name: table[column] for name, column in chosen.items()})
    manifest = validated_manifest(named, str(path))
    manifest["path"] = [str((path.parent / entry).absolute()) for entry in manifest["path"]]
    return manifest


def files_below(folder: Path, pattern: str, suffixes: frozenset[str]) -> list[Path]:
    """Files of some kinds below a folder, sorted; hidden ones and those in hidden folders not."""
    return sorted(
        path
        for path in folder.glob(pattern)
        if path.suffix.lower() in suffixes
        and path.is_file()
        and not _is_hidden(path.relative_to(folder))
    )


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _the_csv(source: Path) -> Path:
    if source.is_file():
        return source
    found = [path for path in source.glob("*.csv") if not _is_hidden(Path(path.name))]
    if len(found) != 1:
        raise UserError(
            f"expected a CSV or a folder with one, got {str(source)!r} with {len(found)}"
        )
    return found[0]


def _column(table: pd.DataFrame, name: str, path: Path) -> str:
    for alias in ALIASES[name]:
        if alias in table:
            return alias
    hint = "; name it with the parameter group" if name == "group" else ""
    raise UserError(
        f"{path}: expected a column {name} ({' or '.join(ALIASES[name])}), "
        f"got {', '.join(table.columns)}{hint}"
    )


def _named(table: pd.DataFrame, column: str, path: Path) -> str:
    if column not in table:
        raise UserError(
            f"{path}: expected the group column {column!r}, got {', '.join(table.columns)}"
        )
    return column
