"""A recorded gate table, read back."""

from hypothesis import given
from hypothesis import strategies as st

from dashboards.gate_table import gate_rows, worst_first
from evaluation.gates.verdict import Outcome, Row, Verdict

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]))
# A backslash before a bar is the one thing that the table itself cannot tell apart.
ROWS = st.builds(
    Row,
    rule=WORDS.map(lambda text: text.replace("\\", "/")),
    outcome=st.sampled_from(Outcome),
    note=WORDS.map(lambda text: text.replace("\\", "/")[:200]),
)


@given(st.lists(ROWS, min_size=1, max_size=6))
def test_what_a_gate_wrote_is_read_back(rows):
    """Names with bars in them included: a row must not slip into another's columns."""
    verdict = Verdict("gate", Outcome.PASS, tuple(rows))
    read = gate_rows(verdict.table())
    assert [(row.rule, row.outcome, row.note) for row in read] == [
        (row.rule.strip(), row.outcome.value, row.note.strip()) for row in rows
    ]


def test_the_worst_comes_first_and_what_passed_not_at_all():
    rows = tuple(Row(outcome.value, outcome) for outcome in Outcome)
    read = gate_rows(Verdict("gate", Outcome.ERROR, rows).table())
    assert [row.rule for row in worst_first(read)] == ["ERROR", "STOP", "INVESTIGATE"]


def test_a_rollback_has_no_rows():
    assert gate_rows("") == []
