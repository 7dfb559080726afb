"""A trial's run says in MLflow what became of the trial."""

import mlflow
import optuna
import pytest
from optuna.trial import TrialState
from toy_study import outcome

from projects.errors import UserError
from projects.studies.engine.trial_run import (
    INTERRUPTED,
    NUMBER,
    REASON,
    RUN,
    STATE,
    STUDY,
    TAKEN_OVER,
    WORKER_DIED,
    close_runs,
    log_items,
    read_items,
    trial_run,
)


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study()


@pytest.fixture
def experiment(worker_run: str) -> str:
    return mlflow.active_run().info.experiment_id


def run_of(trial: optuna.Trial) -> mlflow.entities.Run:
    return mlflow.get_run(trial.user_attrs[RUN])


@pytest.mark.parametrize(
    ("error", "status", "state", "reason"),
    [
        (optuna.TrialPruned("at 3 with f1 0.1"), "KILLED", "pruned", "at 3 with f1 0.1"),
        (UserError("no recordings of wrens"), "FAILED", "fail", "no recordings of wrens"),
        (ValueError("shape"), "FAILED", "fail", "ValueError('shape')"),
        (KeyboardInterrupt(), "FAILED", "fail", INTERRUPTED),
    ],
)
def test_a_trial_that_comes_to_no_good_end_says_why(
    study, worker_run, experiment, error, status, state, reason
):
    """A table of failures without reasons cannot be mended."""
    trial = study.ask()
    with pytest.raises(type(error)), trial_run(trial, worker_run, experiment):
        raise error
    run = run_of(trial)
    assert run.info.status == status
    assert (run.data.tags[STATE], run.data.tags[REASON]) == (state, reason)
    assert study.trials[0].user_attrs[REASON] == reason
    assert mlflow.active_run().info.run_id == worker_run


def test_a_complete_trial_is_a_finished_child_of_the_study(study, worker_run, experiment):
    trial = study.ask()
    with trial_run(trial, worker_run, experiment):
        log_items(outcome(0.5).items)
    run = run_of(trial)
    assert run.info.status == "FINISHED"
    assert run.data.tags["mlflow.parentRunId"] == worker_run
    assert REASON not in run.data.tags
    assert read_items(run.info.run_id).equals(outcome(0.5).items)


def test_the_trial_of_another_worker_is_a_child_of_the_study_not_of_the_worker(
    study, worker_run, experiment
):
    """In the UI half of the trials would not be under their study."""
    trial = study.ask()
    elsewhere = mlflow.MlflowClient().create_experiment("another")
    with (
        mlflow.start_run(nested=True, experiment_id=elsewhere),
        trial_run(trial, worker_run, experiment),
    ):
        pass
    assert run_of(trial).data.tags["mlflow.parentRunId"] == worker_run
    assert run_of(trial).info.experiment_id == experiment


def test_a_trial_that_was_taken_over_meanwhile_closes_its_run(study, worker_run, experiment):
    """After a laptop's sleep its run would stay open, and with it the run of all that follows."""
    trial = study.ask()
    with (
        pytest.raises(optuna.exceptions.UpdateFinishedTrialError),
        trial_run(trial, worker_run, experiment),
    ):
        study.tell(trial.number, state=TrialState.FAIL)
        trial.report(0.5, 1)
    assert run_of(trial).info.status == "FAILED"
    assert run_of(trial).data.tags[REASON] == TAKEN_OVER
    assert mlflow.active_run().info.run_id == worker_run


def left_open(study: optuna.Study, worker_run: str) -> tuple[optuna.Trial, str]:
    """A trial, and its run as a killed worker leaves it: no attribute leads to it."""
    trial, client = study.ask(), mlflow.MlflowClient()
    tags = {STUDY: worker_run, NUMBER: str(trial.number)}
    return trial, client.create_run(mlflow.active_run().info.experiment_id, tags=tags).info.run_id


def test_a_run_that_a_dead_worker_left_open_is_closed_in_its_trials_state(study, worker_run):
    """It would be at work for ever in the UI."""
    trial, run = left_open(study, worker_run)
    close_runs(worker_run, study.trials)
    assert mlflow.get_run(run).info.status == "RUNNING"
    study.tell(trial, state=TrialState.FAIL)
    close_runs(worker_run, study.trials)
    closed = mlflow.get_run(run)
    assert (closed.info.status, closed.data.tags[REASON]) == ("FAILED", WORKER_DIED)


def test_a_run_ended_just_before_its_worker_was_killed_says_what_optuna_says(
    study, worker_run, experiment
):
    """Twice complete in MLflow, once in Optuna: nobody could say how many trials there were."""
    trial = study.ask()
    with trial_run(trial, worker_run, experiment):
        pass
    study.tell(trial, state=TrialState.FAIL)
    close_runs(worker_run, study.trials)
    assert run_of(trial).info.status == "FAILED"
    assert run_of(trial).data.tags[STATE] == "fail"


def test_the_run_of_a_dead_worker_is_closed_when_nobody_is_at_work_and_ones_own_is_not(
    study, worker_run
):
    client, experiment = mlflow.MlflowClient(), mlflow.active_run().info.experiment_id
    dead = client.create_run(experiment, tags={STUDY: "the study"}).info.run_id
    client.set_tag(worker_run, STUDY, "the study")
    trial = study.ask()
    close_runs("the study", study.trials)
    assert client.get_run(dead).info.status == "RUNNING"
    study.tell(trial, 0.0)
    close_runs("the study", study.trials)
    assert client.get_run(dead).info.status == "KILLED"
    assert client.get_run(worker_run).info.status == "RUNNING"


def test_a_run_that_was_deleted_is_let_be(study, worker_run):
    trial, run = left_open(study, worker_run)
    study.tell(trial, state=TrialState.FAIL)
    mlflow.delete_run(run)
    close_runs(worker_run, study.trials)
