"""A refusal as one sentence: to MLflow's clients, which show it, and to its UI."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

from evaluation.gates.verdict import Outcome
from projects.errors import UserError
from registry.entry import Entry
from registry.promotion import Decision

_CELL_BORDER = re.compile(r"(?<!\\)\|")


def refused(sentence: str) -> MlflowException:
    """An error that a client shows and does not try again."""
    return MlflowException(sentence, INVALID_PARAMETER_VALUE)


@contextmanager
def told_to_mlflow() -> Iterator[None]:
    """Has a `UserError` told to whoever asked, as MLflow tells its own."""
    try:
        yield
    except UserError as error:
        raise refused(str(error)) from error


def why_not(decision: Decision) -> str:
    """Which rule a version failed worst, what was measured, and by how much it misses."""
    entry = decision.entry
    failed = [row for row in _rows(entry.table) if row["outcome"] != Outcome.PASS.value]
    worst = max(failed, key=lambda row: Outcome(row["outcome"]).severity)
    more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
    return (
        f"{entry.model} version {entry.version} is not promoted, gate {entry.gate} says "
        f"{entry.outcome}: expected {worst['rule']}, got {_got(worst)}{more}, all in run "
        f"{decision.run_id}: {_what_to_do(entry)}"
    )


def _what_to_do(entry: Entry) -> str:
    again = f"mlflow run . -e promote -P model={entry.model} -P version={entry.version}"
    if entry.outcome == Outcome.INVESTIGATE.value:
        return f"who knows why it may pass all the same says so by {again} -P accept=REASON"
    return f"train a better one, or evaluate it anew by {again}"


def _got(row: dict[str, str]) -> str:
    if row["measured"] == "-":
        return row["note"]
    miss = "" if row["misses by"] == "-" else f", which misses by {row['misses by']}"
    note = f", {row['note']}" if row["note"] else ""
    return row["measured"] + miss + note


def _rows(table: str) -> list[dict[str, str]]:
    header, _, *rows = [
        [cell.strip() for cell in _CELL_BORDER.split(line)[1:-1]] for line in table.splitlines()
    ]
    return [dict(zip(header, row, strict=True)) for row in rows]
