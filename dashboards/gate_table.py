"""A gate's answer as it is on record: a Markdown table, read back into rows."""

import re
from dataclasses import dataclass

from evaluation.gates.verdict import Outcome

_BORDER = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class GateRow:
    """One rule, in the words of `evaluation.gates.verdict.Verdict.table`; a dash where it has none.

    Attributes:
        rule: What was asked.
        measured: What was found.
        interval: Of that.
        outcome: The answer.
        miss: By how much it misses.
        note: Why, where the numbers do not say it.
    """

    rule: str
    measured: str
    interval: str
    outcome: str
    miss: str
    note: str

    @property
    def severity(self) -> int:
        """0 for PASS up to 3 for ERROR."""
        return Outcome(self.outcome).severity


def gate_rows(table: str) -> list[GateRow]:
    """The rows of a recorded table, none where there is none."""
    return [GateRow(*_cells(line)) for line in table.splitlines()[2:]]


def worst_first(rows: list[GateRow]) -> list[GateRow]:
    """Those rules that were not passed, the worst first."""
    failed = [row for row in rows if row.severity]
    return sorted(failed, key=lambda row: row.severity, reverse=True)


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _BORDER.split(line)[1:-1]]
