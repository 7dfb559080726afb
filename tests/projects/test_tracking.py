"""How an entry point meets its MLflow run."""

import shutil

import mlflow
import pytest
from conftest import TINY_TRAINING, run_module, write_chirps


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"learning_rate": "abc"}, "learning_rate"),
        ({"learning_rat": "0.1"}, "learning_rat"),
        ({"mixup_probability": "1.5"}, "mixup_probability"),
        ({"format": "csv", "data": "nowhere"}, "nowhere"),
        ({"gate": "gate_9"}, "gate_9"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(tmp_path, parameters, expected):
    """A user sees what was expected and what came, not a traceback."""
    done = run_module("projects.species.train_ast", tmp_path, **parameters)
    assert done.returncode == 2
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert expected in errors[0]
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_checkpoint_that_is_not_there_fails_the_run_and_trains_nothing(tmp_path, empty_database):
    """Asking for pretrained weights must never end in a silent random start."""
    shutil.copy(empty_database, tmp_path)
    recordings = write_chirps(tmp_path)
    settings = {**TINY_TRAINING, "data": recordings, "pretrained": tmp_path / "no such checkpoint"}
    done = run_module("projects.species.train_ast", tmp_path, **settings)
    assert done.returncode == 2
    assert "no such checkpoint" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    store = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = store.get_experiment_by_name("species")
    assert [r.info.status for r in store.search_runs([experiment.experiment_id])] == ["FAILED"]
    assert store.search_registered_models() == []
