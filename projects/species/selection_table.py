"""Annotations as the files that people go on with: Raven selection tables and a CSV."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from projects.audio.atomic import write_text
from projects.species.annotation import Annotation

SUFFIX = ".selections.txt"


def write_selection_table(
    path: Path, recording: str, annotations: Sequence[Annotation], band: tuple[float, float]
) -> None:
    """Writes a table that Raven Pro and Raven Lite open beside the recording.

    Args:
        path: Where to.
        recording: Name of the sound file.
        annotations: Of that file.
        band: Lowest and highest frequency that was listened to, in Hz: every selection's.
    """
    low, high = (f"{hertz:.1f}" for hertz in band)
    header = [
        *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)"),
        *("High Freq (Hz)", "Begin File", "Species", "Probability"),
    ]
    rows = [
        [
            *(str(number), "Spectrogram 1", "1", f"{each.start:.6f}", f"{each.end:.6f}", low, high),
            *(recording, each.species, f"{each.probability:.4f}"),
        ]
        for number, each in enumerate(annotations, start=1)
    ]
    lines = ["\t".join(map(_cell, row)) for row in (header, *rows)]
    write_text(path, "\n".join(lines) + "\n")


def annotations_csv(annotations: Mapping[str, Sequence[Annotation]]) -> str:
    """All annotations by the name of their file, as the text of a CSV.

    Returns:
        The columns file, start, end (seconds), species and probability.
    """
    rows = [
        {"file": _encodable(name), **asdict(each)}
        for name, found in annotations.items()
        for each in found
    ]
    columns = ["file", "start", "end", "species", "probability"]
    return pd.DataFrame(rows, columns=columns).round(6).to_csv(index=False)


def _cell(text: str) -> str:
    # Raven knows no quoting: a tab or a line break in a name would shift every column.
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", _encodable(text))


def _encodable(text: str) -> str:
    """A file's name may hold bytes that are no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
