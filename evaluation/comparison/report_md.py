"""A page as Markdown, in which no name can pass for markup."""

import re

from evaluation.comparison.page import Block, Heading, Page, Paragraph, Picture, Sentences, Table
from evaluation.markdown import markdown_table

# An underscore inside a word, as in macro_f1, is no emphasis, and a bar matters in tables alone.
_MARKUP = re.compile(r"[\\`*<>\[\]~&$]|(?<!\w)_|_(?!\w)")
_BEGINS_A_BLOCK = re.compile(r"^(\d*)([#+=.)-])")


def markdown_page(page: Page, pictures: bool = True) -> str:
    """Renders a page.

    Args:
        page: What to show.
        pictures: Whether to show the files of its pictures, which have to lie beside it.

    Returns:
        CommonMark with tables, ending in a line break.
    """
    shown = [block for block in page.blocks if pictures or not isinstance(block, Picture)]
    return "\n\n".join([f"# {plain(page.title)}", *map(_rendered, shown)]) + "\n"


def plain(text: str) -> str:
    """The text on one line, escaped so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def _rendered(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {plain(text)}"
        case Paragraph(text):
            return _block(text)
        case Sentences(items):
            return "\n".join(f"- {_block(item)}" for item in items)
        case Table(header, rows):
            cells = [[plain(cell) for cell in row] for row in (header, *rows)]
            return markdown_table(cells[0], cells[1:])
        case Picture(file, shows, _):
            return f"![{plain(shows)}]({file})"


def _block(text: str) -> str:
    """Text at the beginning of a line, where a name such as `# 1` would be a heading."""
    return _BEGINS_A_BLOCK.sub(r"\1\\\2", plain(text))
