import pytest

from evaluation.bootstrap import Interval
from evaluation.markdown import interval_cells, markdown_table


def test_table_is_aligned():
    """Read as plain text in a terminal, a ragged table cannot be followed."""
    assert markdown_table(("rule", "x"), [("a", "0.5"), ("longer", "1")]).splitlines() == [
        "| rule   | x   |",
        "|--------|-----|",
        "| a      | 0.5 |",
        "| longer | 1   |",
    ]


def test_a_bar_or_line_break_in_a_cell_does_not_break_the_table():
    """An error message of a failed clip may hold anything."""
    table = markdown_table(("clip", "reason"), [("a", "first\nsecond | third")])
    assert table.splitlines()[2] == "| a    | first second \\| third |"


@pytest.mark.parametrize(
    ("measured", "cells"),
    [
        (None, ("-", "-")),
        (Interval(12), ("12", "-")),
        (Interval(0.54514, 0.5, 0.59), ("0.5451", "0.5 to 0.59")),
        (Interval(float("nan")), ("nan", "-")),
    ],
)
def test_what_is_missing_shows_as_a_dash(measured, cells):
    assert interval_cells(measured) == cells
