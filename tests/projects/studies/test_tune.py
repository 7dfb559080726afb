"""Studies as a person runs them: alone, with several workers, interrupted, killed, resumed."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import mlflow
import optuna
import pytest
import yaml
from conftest import ROOT, TINY_TRAINING, environment, run_module, write_chirps
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID
from optuna.trial import TrialState
from postgres import running_postgresql
from toy_study import HOLD, climb, play, toy

from projects.errors import UserError
from projects.studies.engine.account import FailedStudyError, counted
from projects.studies.engine.finish import BEST
from projects.studies.engine.storage import open_storage
from projects.studies.engine.trial_run import NUMBER, STATE, STATUS
from projects.studies.tune import TuneConfig

TRIALS = 4


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_postgresql() as uri:
        yield uri


def study_at(storage: str) -> optuna.Study:
    """The only study that is kept there."""
    (name,) = optuna.get_all_study_names(open_storage(storage))
    return optuna.load_study(study_name=name, storage=open_storage(storage))


def trial_runs(study_run: str) -> dict[int, mlflow.entities.Run]:
    """The runs of a study's trials by number."""
    client = mlflow.MlflowClient()
    experiment = client.get_run(study_run).info.experiment_id
    children = client.search_runs([experiment], f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{study_run}'")
    trials = [run for run in children if NUMBER in run.data.tags]
    return {int(run.data.tags[NUMBER]): run for run in trials}


def check_accounted(study: optuna.Study, study_run: str, trials: int) -> None:
    """As many trials as were asked for, none open, each with one run in its own state."""
    assert len(counted(study.trials)) == trials
    runs = trial_runs(study_run)
    assert runs.keys() == {trial.number for trial in study.trials}
    for trial in study.trials:
        assert trial.state.is_finished()
        assert runs[trial.number].info.status == STATUS[trial.state]
        assert runs[trial.number].data.tags[STATE] == trial.state.name.lower()
    client = mlflow.MlflowClient()
    everywhere = [each.experiment_id for each in client.search_experiments()]
    assert client.search_runs(everywhere, "attributes.status = 'RUNNING'") == []


def worker(folder: Path, storage: str) -> subprocess.Popen[str]:
    """A worker in a process of its own."""
    program = [sys.executable, str(ROOT / "tests/toy_study.py")]
    return subprocess.Popen(
        [*program, "--storage", storage, "--trials", str(TRIALS), "--name", "hill"],
        cwd=folder,
        env={**environment(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.long
@pytest.mark.parametrize(("kept_in", "ending"), [("sqlite", "SIGKILL"), ("postgresql", "SIGSTOP")])
def test_two_workers_one_struck_in_mid_trial_finish_the_study_together(
    tmp_path, empty_database, request, kept_in, ending
):
    """A dead machine would take its trials along, leave them at work for ever, or end the study.

    One that is stopped wakes up after the study, finds its trial done by another, and ends well.
    """
    shutil.copy(empty_database, tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    own = f"sqlite:///{tmp_path / 'optuna.db'}"
    storage = own if kept_in == "sqlite" else request.getfixturevalue("server")
    (tmp_path / HOLD).touch()
    struck, survivor = (worker(tmp_path, storage) for _ in range(2))
    assert all(each.stdout.readline().startswith("at x") for each in (struck, survivor))
    struck.send_signal(getattr(signal, ending))
    (tmp_path / HOLD).unlink()
    out, err = survivor.communicate()
    assert survivor.returncode == 0, err
    assert f"{TRIALS} complete" in out
    if ending == "SIGSTOP":
        struck.send_signal(signal.SIGCONT)
        out, err = struck.communicate()
        assert struck.returncode == 0, err
        assert "Traceback" not in err
        assert "held to be dead" in err
    struck.communicate()
    study = study_at(storage)
    lost = [trial for trial in study.trials if trial.state == TrialState.FAIL]
    again = [trial for trial in study.trials if trial.params == lost[0].params]
    assert [trial.state.name for trial in again] == ["FAIL", "COMPLETE"]
    assert len(lost) == 1
    check_accounted(study, study.user_attrs["run"], TRIALS)


def test_a_study_goes_on_by_its_name_to_the_new_total(url, capsys):
    """Another ten trials would begin from nothing."""
    first = play(toy(), name="hill", storage=url, trials=2)
    assert "Of 2 trials (2 complete)" in capsys.readouterr().out
    second = play(toy(), name="hill", storage=url, trials=3)
    out = capsys.readouterr().out
    assert "Of 3 trials (3 complete)" in out
    assert f"-P config=runs:/{first}/{BEST}" in out
    study = study_at(url)
    check_accounted(study, first, 3)
    assert mlflow.get_run(second).data.tags[MLFLOW_PARENT_RUN_ID] == first
    assert mlflow.get_run(first).data.tags["mlflow.note.content"] in out


def test_an_interrupted_study_leaves_nothing_open_and_goes_on(url):
    """After Ctrl-C a run would be at work for ever, or the trial lost."""

    def interrupted(config, report):
        if config.x != 0.1:
            raise KeyboardInterrupt
        return climb(config, report)

    with pytest.raises(KeyboardInterrupt):
        play(toy(interrupted), name="hill", storage=url, trials=2)
    run = study_at(url).user_attrs["run"]
    assert trial_runs(run)[1].info.status == "FAILED"
    play(toy(), name="hill", storage=url, trials=2)
    check_accounted(study_at(url), run, 2)
    assert mlflow.get_run(run).info.status == "FINISHED"


def test_a_study_in_which_all_fails_exits_with_1_and_the_first_reason(url):
    def fails(config, report):
        raise UserError(f"no memory for x {config.x}")

    with pytest.raises(FailedStudyError, match=r"no memory for x 0\.1") as told:
        play(toy(fails), name="hill", storage=url, trials=2)
    assert told.value.exit_code == 1
    run = study_at(url).user_attrs["run"]
    check_accounted(study_at(url), run, 2)
    assert mlflow.get_run(run).info.status == "FAILED"


def test_settings_given_on_the_command_line_win_over_those_of_the_file(tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text("epochs: 5\nformat: folder\ngroup: recordist\n")
    typed = {"config": str(file), "data": "birds.csv", "format": "csv"}
    assert TuneConfig.validated(typed).given() == {
        "epochs": 5,
        "format": "csv",
        "group": "recordist",
        "data": "birds.csv",
    }


@pytest.mark.long
def test_the_command_line_runs_a_study_of_real_trainings(tmp_path, empty_database):
    """From recordings to the best configuration, as the README has it."""
    shutil.copy(empty_database, tmp_path)
    tiny = {name: yaml.safe_load(each) for name, each in TINY_TRAINING.items()}
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(tiny))
    recordings = write_chirps(tmp_path)
    given = {"config": "tiny.yaml", "data": recordings, "format": "csv", "trials": 2}
    done = run_module("projects.studies.tune", tmp_path, **given)
    assert done.returncode == 0, done.stderr
    assert "Of 2 trials (2 complete)" in done.stdout
    assert "Traceback" not in done.stderr
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    study = study_at(f"sqlite:///{tmp_path / 'optuna.db'}")
    check_accounted(study, study.user_attrs["run"], 2)
    curve = mlflow.MlflowClient().get_metric_history(
        study.trials[1].user_attrs["run"], "validation.macro_f1"
    )
    assert [point.step for point in curve] == [1, 2]
