import re

import mlflow
import pytest
from local_store import tracking

from benchmarks import dashboard
from benchmarks.dashboard import DashboardConfig, measure
from benchmarks.many_versions import DATASET, many_versions
from projects.errors import UserError
from registry.dossier import TAG, read_dossier


@pytest.mark.slow
@pytest.mark.long
def test_both_answer_with_all_versions_and_are_compared(tmp_path, capsys, monkeypatch):
    """A leaderboard that leaves versions out would be called fast."""
    with tracking(f"sqlite:///{tmp_path / 'mlflow.db'}"):
        measure(DashboardConfig(store=tmp_path, runs=100, versions=10, rounds=5))
        line = capsys.readouterr().out.splitlines()[-1]
        assert re.fullmatch(r"ratio \d+\.\d\d answers/s, syrinx / mlflow", line)
        monkeypatch.setattr(dashboard, "_leaderboard", lambda _: "")
        with pytest.raises(dashboard.UserError, match="rows of both"):
            measure(DashboardConfig(store=tmp_path, runs=100, versions=10, rounds=5))


@pytest.mark.slow
def test_a_fill_that_was_killed_is_done_again_and_other_sizes_have_their_own(tmp_path):
    """Else the benchmark is not to be run again before a person has found and removed its store."""
    with tracking("sqlite://"):
        left = tmp_path / "14-5"
        left.mkdir()
        (left / "mlflow.db").write_bytes(b"half of a database")
        assert many_versions(tmp_path, 14, 5) == left
        stood = (left / "mlflow.db").stat()
        assert many_versions(tmp_path, 13, 6) == tmp_path / "13-6"
        assert many_versions(tmp_path, 14, 5) == left
        assert (left / "mlflow.db").stat() == stood
        found = mlflow.MlflowClient().search_model_versions()
        assert len(found) == 5
        assert read_dossier(found[0].tags[TAG]).dataset == DATASET


def test_more_versions_than_runs_are_refused_in_one_line(tmp_path):
    with pytest.raises(UserError, match="versions: expected at most 98 of 100 runs, got 99"):
        many_versions(tmp_path, 100, 99)
    assert not list(tmp_path.iterdir())
