"""The manifest: one row a recording, whatever the data looked like before."""

import hashlib

import pandas as pd

from projects.errors import UserError

COLUMNS = ("recording_id", "path", "label", "group")
DIGEST_LENGTH = 36
"""MLflow stores at most this many characters of a dataset's digest."""


def validated_manifest(frame: pd.DataFrame, source: str) -> pd.DataFrame:
    """Checks a manifest and brings it into one order.

    Args:
        frame: At least the columns `recording_id`, `path`, `label`, `group`; others are kept.
        source: What to call the data in an error.

    Returns:
        The rows sorted by `recording_id`, the four columns as non-empty text; all but the path
        in Unicode's composed form, so that a name is one name whoever typed it.

    Raises:
        UserError: No rows, a missing column, an empty cell, or a recording named twice.
    """
    if frame.empty:
        raise UserError(f"{source}: expected at least one recording, found none")
    missing = [column for column in COLUMNS if column not in frame]
    if missing:
        raise UserError(f"{source}: expected the columns {', '.join(COLUMNS)}, missing {missing}")
    frame = frame.reset_index(drop=True)
    for column in COLUMNS:
        frame[column] = _filled(frame[column], source)
        if column != "path":
            frame[column] = frame[column].str.normalize("NFC")
    repeated = frame["recording_id"][frame["recording_id"].duplicated()]
    if len(repeated):
        raise UserError(f"{source}: recording {repeated.iloc[0]!r} is named more than once")
    return frame.sort_values("recording_id", ignore_index=True)


def dataset_digest(recordings: pd.DataFrame) -> str:
    """Names a set of recordings by its content.

    Args:
        recordings: A manifest, or a part of one, with the digest of each sound in `audio`.

    Returns:
        36 hexadecimal digits over (recording_id, label, group, audio digest) of every row,
        whatever their order.
    """
    rows = sorted(
        "\x1f".join([row.recording_id, row.label, row.group, row.audio])
        for row in recordings.itertuples()
    )
    return hashlib.sha256("\x1e".join(rows).encode()).hexdigest()[:DIGEST_LENGTH]


def _filled(column: pd.Series, source: str) -> pd.Series:
    text = column.fillna("").astype(str).str.strip()
    empty = text.index[text == ""]
    if len(empty):
        raise UserError(f"{source}: row {empty[0] + 1} has no {column.name}")
    return text
