import shutil

import mlflow
import pytest
from mlflow.entities.model_registry import ModelVersion

from evaluation.bootstrap import Interval
from evaluation.gates.verdict import Outcome, Row, Verdict
from registry.outcome import tell_outcome
from registry.promotion import Decision


@pytest.mark.parametrize(
    ("outcome", "alias"),
    [
        (Outcome.PASS, "@champion"),
        (Outcome.INVESTIGATE, "@candidate"),
        (Outcome.STOP, "@candidate"),
        (Outcome.ERROR, "@candidate"),
    ],
)
def test_run_and_person_are_told_the_same(tmp_path, empty_database, capsys, outcome, alias):
    """A refused version that the last line called champion would be put to use."""
    shutil.copy(empty_database, tmp_path)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    row = Row("si_sdr > 15", outcome, Interval(12.5), 2.5)
    decision = Decision("3", "2", Verdict("codec", outcome, (row,)), "a run")
    try:
        with mlflow.start_run(experiment_id="0") as run:
            tell_outcome(ModelVersion("voice", "3", 0), decision, "on 6 of 7 clips, digest abc")
        tags = mlflow.get_run(run.info.run_id).data.tags
    finally:
        mlflow.set_tracking_uri(before)
    assert (tags["gate"], tags["gate.outcome"]) == ("codec", outcome.value)
    printed = capsys.readouterr().out
    assert f"gate codec: {outcome.value} on 6 of 7 clips, digest abc" in printed
    assert f"voice version 3 is {alias}; champion before: 2" in printed
    assert "| si_sdr > 15 | 12.5" in printed
