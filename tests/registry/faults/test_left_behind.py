"""Runs that no process works on any more."""

import mlflow
from damage import assert_only

HOUR = 3_600_000


def test_runs_left_behind(audited, damaged, monkeypatch):
    """A training that was killed looks as if it still went on."""
    now = mlflow.utils.time.get_current_time_millis()
    experiment = damaged.create_experiment("studies")
    old = damaged.create_run(experiment, start_time=now - 30 * HOUR).info.run_id
    damaged.create_run(experiment, start_time=now - HOUR)
    assert_only(audited(), f"| studies | RUNNING for 30 h | run {old}")
    assert audited("--stale_hours", "31")[0] == 0
    monkeypatch.setenv("MLFLOW_RUN_ID", old)
    assert audited()[0] == 0
