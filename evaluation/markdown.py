"""Tables that read well as plain text and as Markdown."""

from collections.abc import Sequence

from evaluation.bootstrap import Interval


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligns the columns of a table.

    Args:
        header: Column names.
        rows: Cells, as many a row as there are columns; a bar or line break in one is escaped.

    Returns:
        Lines of equal width, without a final line break.
    """
    cells = [[as_cell(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def as_cell(text: str) -> str:
    """Returns a text as it stands in a table: on one line, its bars escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def number(value: float | None) -> str:
    """Returns the value to four significant digits, or a dash where there is none."""
    return "-" if value is None else f"{value:.4g}"


def interval_cells(measured: Interval | None) -> tuple[str, str]:
    """Returns the value and `lower to upper`, each a dash where it is missing."""
    if measured is None:
        return "-", "-"
    if measured.lower is None and measured.upper is None:
        return number(measured.value), "-"
    return number(measured.value), f"{number(measured.lower)} to {number(measured.upper)}"
