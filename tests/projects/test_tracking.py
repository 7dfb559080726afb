"""How an entry point meets its MLflow run."""

import re
import shutil

import mlflow
import pytest
from conftest import TINY_TRAINING, run_module, write_chirps

from projects.errors import UserError
from projects.species.train_ast import AstConfig


@pytest.mark.slow
def test_a_mistake_is_one_line_and_exit_code_2(tmp_path):
    """A user sees what was expected and what came, not a traceback."""
    done = run_module("projects.species.train_ast", tmp_path, learning_rate="abc")
    assert done.returncode == 2
    assert done.stderr == (
        "error: learning_rate: expected a valid number, unable to parse string as a number, "
        "got 'abc'\n"
    )


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"learning_rat": "0.1"}, "unknown parameter '--learning_rat'"),
        ({"mixup_probability": "1.5"}, "mixup_probability: expected less than or equal to 1"),
        ({"noise_snr_low": "40"}, "noise_snr_low no higher than noise_snr_high"),
        ({"format": "csv"}, "data=PATH with format=csv"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(parameters, expected):
    words = [word for name, value in parameters.items() for word in (f"--{name}", value)]
    with pytest.raises(UserError, match=re.escape(expected)):
        AstConfig.parse(words)


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
