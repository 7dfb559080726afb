"""What a gate answers."""

from dataclasses import dataclass
from enum import Enum
from textwrap import shorten

from evaluation.bootstrap import Interval
from evaluation.markdown import interval_cells, markdown_table, number

LONGEST_NOTE = 240
"""The table is padded to its longest note, and a decision keeps 8,000 characters of it."""


class Outcome(Enum):
    """The four answers of a rule or a gate; only PASS lets a model through.

    Attributes:
        PASS: The condition holds.
        INVESTIGATE: It does not hold, and a person should find out why. This is not a pass.
        STOP: So far off that going on is a waste.
        ERROR: The evidence does not allow an answer.
    """

    PASS = "PASS"
    INVESTIGATE = "INVESTIGATE"
    STOP = "STOP"
    ERROR = "ERROR"

    @property
    def severity(self) -> int:
        """0 for PASS up to 3 for ERROR."""
        return list(Outcome).index(self)


@dataclass(frozen=True)
class Row:
    """What one rule found.

    Attributes:
        rule: The rule in words.
        outcome: Its answer.
        measured: The value that was measured with its bounds, None where it is missing.
        miss: How far the value or bound lies on the wrong side of the pass limit, 0 where it lies
            on the limit or the right side, None where it cannot be told.
        note: Why, where the numbers do not say it.
    """

    rule: str
    outcome: Outcome
    measured: Interval | None = None
    miss: float | None = None
    note: str = ""

    @property
    def short_note(self) -> str:
        """The note on one line, cut where it is longer than a table has room for."""
        return shorten(self.note, LONGEST_NOTE, placeholder=" ...")


@dataclass(frozen=True)
class Verdict:
    """What a gate decided.

    Attributes:
        gate: Name of the gate.
        outcome: The worst of its rows.
        rows: One a rule, and one a fault of the gate or the evidence as a whole.
    """

    gate: str
    outcome: Outcome
    rows: tuple[Row, ...]

    def table(self) -> str:
        """Returns the rows as an aligned Markdown table."""
        header = ("rule", "measured", "interval", "outcome", "misses by", "note")
        rows = [
            (
                row.rule,
                *interval_cells(row.measured),
                row.outcome.value,
                number(row.miss),
                row.short_note,
            )
            for row in self.rows
        ]
        return markdown_table(header, rows)

    def section(self) -> str:
        """Returns the answer as a section of Markdown."""
        return f"## Gate {self.gate}: {self.outcome.value}\n\n{self.table()}"
