import io

import pandas as pd
import pytest

from projects.species.annotation import Annotation
from projects.species.selection_table import annotations_csv, write_selection_table

FOUND = [Annotation(3671.5, 3674.5, "Wren", 0.91234567), Annotation(4000.25, 4001.0, "Robin", 0.8)]
RAVEN = [
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)"),
    *("High Freq (Hz)", "Begin File", "Species", "Probability"),
]


def test_raven_finds_its_columns_and_the_times(tmp_path):
    """Raven opens no table without Selection, View, Channel and the four bounds."""
    path = tmp_path / "new" / "dawn.selections.txt"
    write_selection_table(path, "dawn.wav", FOUND, (500, 11025))
    table = pd.read_csv(path, sep="\t")
    assert list(table.columns) == RAVEN
    assert list(table["Selection"]) == [1, 2]
    assert set(table["View"]) == {"Spectrogram 1"}
    assert list(table["Begin Time (s)"]) == [3671.5, 4000.25]
    assert list(table["End Time (s)"]) == [3674.5, 4001.0]
    assert set(table["Low Freq (Hz)"]) == {500}
    assert set(table["High Freq (Hz)"]) == {11025}
    assert list(table["Species"]) == ["Wren", "Robin"]
    assert list(table["Probability"]) == [0.9123, 0.8]


@pytest.mark.parametrize(
    "name", ["a\tb.wav", "a\nb.wav", "a\r\n\tb.wav", 'a"b.wav', "a\u2028b.wav"]
)
def test_a_name_does_not_break_the_table(tmp_path, name):
    """A tab in a file's name would shift its times into other columns."""
    write_selection_table(
        tmp_path / "table.txt", name, [Annotation(1, 2, f"wren {name}", 0.5)], (0, 1)
    )
    header, row = (tmp_path / "table.txt").read_text().splitlines()
    cells = row.split("\t")
    assert header.split("\t") == RAVEN
    assert len(cells) == len(RAVEN)
    assert cells[3] == "1.000000"
    assert cells[-1] == "0.5000"


def test_nothing_heard_is_a_table_with_a_header(tmp_path):
    """A file without a table could be one that was never listened to."""
    write_selection_table(tmp_path / "table.txt", "dawn.wav", [], (0, 1))
    assert (tmp_path / "table.txt").read_text() == "\t".join(RAVEN) + "\n"
    assert annotations_csv({"dawn.wav": []}) == "file,start,end,species,probability\n"


def test_the_csv_gives_back_names_as_they_are():
    names = ['dusk, "late".wav', "a\tb\nc.wav"]
    text = annotations_csv({name: FOUND for name in names})
    table = pd.read_csv(io.StringIO(text))
    assert list(table.columns) == ["file", "start", "end", "species", "probability"]
    assert list(table["file"]) == [name for name in names for _ in FOUND]
    assert table["start"].iloc[0] == 3671.5


def test_a_name_that_is_no_utf_8_is_written_with_its_bytes(tmp_path):
    """Old disks hold Latin-1 names; an hour's annotations would be lost at the last step."""
    name = b"\xe9tude.wav".decode("utf-8", "surrogateescape")
    write_selection_table(tmp_path / "table.txt", name, FOUND, (0, 1))
    assert "tude.wav" in (tmp_path / "table.txt").read_text()
    assert "tude.wav" in annotations_csv({name: FOUND})
