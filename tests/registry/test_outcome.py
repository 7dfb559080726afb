import mlflow
import pytest
from local_store import local_store

from evaluation.bootstrap import Interval
from evaluation.gates.verdict import Outcome, Row, Verdict
from registry.entry import PROMOTED, REFUSED, Entry
from registry.outcome import tell_outcome
from registry.promotion import Decision


@pytest.mark.parametrize(
    ("outcome", "standing"),
    [
        (Outcome.PASS, "is @champion; before: 2"),
        (Outcome.INVESTIGATE, "is refused; @champion stays on 2"),
        (Outcome.STOP, "is refused; @champion stays on 2"),
        (Outcome.ERROR, "is refused; @champion stays on 2"),
    ],
)
def test_run_and_person_are_told_the_same(tmp_path, empty_database, capsys, outcome, standing):
    """A refused version that the last line called champion would be put to use."""
    row = Row("si_sdr > 15", outcome, Interval(12.5), 2.5)
    entry = Entry(
        model="voice",
        version="3",
        champion_before="2",
        decision=PROMOTED if outcome is Outcome.PASS else REFUSED,
        gate="codec",
        outcome=outcome.value,
        table=Verdict("codec", outcome, (row,)).table(),
    )
    with local_store(empty_database, tmp_path):
        with mlflow.start_run(experiment_id="0") as run:
            tell_outcome(Decision(entry, "a run"), "on 6 of 7 clips, digest abc")
        tags = mlflow.get_run(run.info.run_id).data.tags
    assert (tags["gate"], tags["gate.outcome"]) == ("codec", outcome.value)
    printed = capsys.readouterr().out
    assert f"gate codec: {outcome.value} on 6 of 7 clips, digest abc" in printed
    assert f"voice version 3 {standing}\n" in printed
    assert "| si_sdr > 15 | 12.5" in printed
