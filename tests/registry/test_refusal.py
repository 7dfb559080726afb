"""A refusal says which rule failed, what was measured, and by how much it misses."""

import pytest
from mlflow.exceptions import MlflowException

from evaluation.bootstrap import Interval
from evaluation.gates.verdict import Outcome, Row, Verdict
from projects.errors import UserError
from registry.entry import Entry
from registry.promotion import Decision
from registry.refusal import told_to_mlflow, why_not

FINE = Row("map > 0.5", Outcome.PASS, Interval(0.9, 0.8, 0.95), 0.0)
LOW = Row("accuracy > 0.65", Outcome.INVESTIGATE, Interval(0.6, 0.5, 0.7), 0.05)
FAR = Row("macro_f1 > 0.5", Outcome.STOP, Interval(0.2), 0.3)
ODD = Row("evidence is about owl|hawk version 1", Outcome.ERROR, note="it is about a|b")


def refusal(*rows: Row) -> str:
    verdict = Verdict("default", max((row.outcome for row in rows), key=_severity), rows)
    entry = Entry(
        model="owls",
        version="7",
        outcome=verdict.outcome.value,
        gate=verdict.gate,
        table=verdict.table(),
    )
    return why_not(Decision(entry, "d1e2", verdict.rows))


def _severity(outcome: Outcome) -> int:
    return outcome.severity


def test_a_near_miss_says_how_a_person_may_let_it_pass():
    assert refusal(FINE, LOW) == (
        "owls version 7 is not promoted, gate default says INVESTIGATE: expected accuracy > 0.65, "
        "got 0.6, which misses by 0.05, all in run d1e2: who knows why it may pass all the same "
        "says so by mlflow run . -e promote -P model=owls -P version=7 -P accept=REASON"
    )


def test_of_several_the_worst_is_named_and_no_way_round_it():
    sentence = refusal(LOW, FINE, FAR)
    assert "expected macro_f1 > 0.5, got 0.2, which misses by 0.3, and 1 more" in sentence
    assert "accept=" not in sentence


def test_what_was_not_measured_is_told_by_its_reason():
    """A model's name may hold what a table is drawn with."""
    assert r"expected evidence is about owl\|hawk version 1, got it is about a\|b" in refusal(ODD)


def test_a_fault_of_the_user_is_none_of_the_server():
    """Clients ask again, for minutes, after an error of the server."""
    with pytest.raises(MlflowException, match="expected a name") as error, told_to_mlflow():
        raise UserError("expected a name")
    assert error.value.get_http_status_code() == 400
