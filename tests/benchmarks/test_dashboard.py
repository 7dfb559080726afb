import re

import pytest
from local_store import tracking

from benchmarks import dashboard
from benchmarks.dashboard import DashboardConfig, measure


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
