"""A page as its parts, so that Markdown and HTML show the same."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """Begins a part; `level` 2 or 3, below the page's title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Sentences:
    """A list of sentences, one an item."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Cells, as many a row as the header has."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Picture:
    """A PNG image with the name of its file and what it shows."""

    file: str
    shows: str
    png: bytes


Block = Heading | Paragraph | Sentences | Table | Picture


@dataclass(frozen=True)
class Page:
    """A report.

    Attributes:
        title: Heading of the whole.
        blocks: What follows, in order. All text is plain: whoever renders it escapes it.
    """

    title: str
    blocks: Sequence[Block]

    @property
    def pictures(self) -> list[Picture]:
        """Those among the blocks."""
        return [block for block in self.blocks if isinstance(block, Picture)]
