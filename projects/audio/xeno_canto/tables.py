"""CSVs of recordings from Xeno-canto, in the layouts that people have."""

from pathlib import Path

import pandas as pd

from projects.audio.xeno_canto.columns import NAMES, plain
from projects.errors import UserError

_NEEDED = {
    "id or file name": ("number", "id", "file_name"),
    "species": ("label", "english", "scientific", "species"),
    "recordist": ("recordist",),
}


def read_table(path: Path) -> pd.DataFrame:
    """Reads a CSV as text, as it is written.

    Raises:
        UserError: It is not a CSV with a header.
    """
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        reason = str(error).strip()
        raise UserError(f"{path}: expected a CSV with a header, got: {reason}") from None


def missing_columns(table: pd.DataFrame) -> list[str]:
    """What a table of recordings has and this one has not."""
    there = {plain(str(name)) for name in table.columns}
    return [
        what
        for what, columns in _NEEDED.items()
        if not any(alias in there for column in columns for alias in NAMES[column])
    ]
