"""What a folder of fetched recordings holds: a CSV with checksums, and whom to name for it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from projects.audio.atomic import write_text
from projects.audio.xeno_canto.columns import recording_of
from projects.audio.xeno_canto.tables import read_table
from projects.errors import UserError

TABLE = "recordings.csv"
ATTRIBUTION = "ATTRIBUTION.txt"
_HEAD = """Recordings from Xeno-canto, https://xeno-canto.org. Each belongs to its recordist; the
licence of each says what may be done with it, and that the recordist is named.

"""


class Catalogue:
    """The recordings of a folder, those of earlier runs included.

    Raises:
        UserError: The folder's CSV is not one that this class wrote.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, dict[str, Any]] = {}
        table = folder / TABLE
        if table.exists():
            rows = read_table(table)
            if not {"recording_id", "path", "sha256", "error"} <= set(rows.columns):
                raise UserError(f"{table}: expected the CSV of fetch_recordings; move it away")
            self._rows = {row["recording_id"]: row for row in rows.to_dict("records")}

    def has_whole(self, identity: str, path: Path) -> bool:
        """Whether the recording's file is there, with the bytes that were fetched."""
        known = self._rows.get(identity, {}).get("sha256")
        return bool(known) and path.is_file() and sha256_of(path) == known

    def put(self, entry: Mapping[str, Any], path: Path, **fate: str) -> None:
        """Notes what a recording is and what came of it.

        Args:
            entry: The API's description.
            path: Of its file, below the folder.
            fate: `sha256` and `error`, where they are not what they were.
        """
        recording = recording_of(entry)
        identity = recording["recording_id"]
        self._rows[identity] = {
            # Columns that somebody added stay.
            **self._rows.get(identity, {}),
            **recording,
            "path": path.relative_to(self._folder).as_posix(),
            "group": recording["recordist"],
            **fate,
        }

    def save(self) -> None:
        """Writes the CSV and the attribution, each whole or not at all."""
        rows = [self._rows[name] for name in sorted(self._rows)]
        if rows:
            table = pd.DataFrame(rows).drop(columns="file_name", errors="ignore")
            write_text(self._folder / TABLE, table.to_csv(index=False))
        lines = [_attribution(row) for row in rows if not row["error"]]
        write_text(self._folder / ATTRIBUTION, _HEAD + "".join(lines))


def _attribution(row: Mapping[str, Any]) -> str:
    name = f"{row['label']} ({row['scientific']})" if row["scientific"] else row["label"]
    licence = row["licence"] or "no licence given: all rights reserved"
    text = f"{row['recordist']}, {row['recording_id']}, {name}, {row['url']}, {licence}"
    return f"{' '.join(text.split())}\n"


def sha256_of(path: Path) -> str:
    """Digest of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
