"""A refusal as one sentence: to MLflow's clients, which show it, and to its UI."""

from collections.abc import Iterator
from contextlib import contextmanager

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

from evaluation.gates.verdict import Outcome, Row
from evaluation.markdown import as_cell, number
from projects.errors import UserError
from registry.entry import Entry
from registry.promotion import Decision


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
    """Which rule a version failed worst, what was measured, and by how much it misses.

    Args:
        decision: That refused it, with the gate's rows; they are told as the run's table has them.
    """
    entry = decision.entry
    failed = [row for row in decision.rows if row.outcome is not Outcome.PASS]
    worst = max(failed, key=lambda row: row.outcome.severity)
    rule, got = as_cell(worst.rule), as_cell(_got(worst))
    more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
    return (
        f"{entry.model} version {entry.version} is not promoted, gate {entry.gate} says "
        f"{entry.outcome}: expected {rule}, got {got}{more}, all in run "
        f"{decision.run_id}: {_what_to_do(entry)}"
    )


def _what_to_do(entry: Entry) -> str:
    again = f"mlflow run . -e promote -P model={entry.model} -P version={entry.version}"
    if entry.outcome == Outcome.INVESTIGATE.value:
        return f"who knows why it may pass all the same says so by {again} -P accept=REASON"
    return f"train a better one, or evaluate it anew by {again}"


def _got(row: Row) -> str:
    if row.measured is None:
        return row.short_note
    miss = "" if row.miss is None else f", which misses by {number(row.miss)}"
    note = f", {row.short_note}" if row.short_note else ""
    return number(row.measured.value) + miss + note
