"""A worker's trials, and what it does with those of others."""

import mlflow
import optuna
import pytest
from optuna.pruners import ThresholdPruner
from optuna.trial import TrialState
from toy_study import QUALITY, begin, climb, outcome, toy

from projects.errors import UserError
from projects.studies.engine import worker as workers
from projects.studies.engine.account import FailedStudyError, counted
from projects.studies.engine.question import Outcome
from projects.studies.engine.storage import open_storage
from projects.studies.engine.trial_run import FEASIBLE, REASON, RUN, TAKEN_OVER
from projects.studies.engine.worker import MEASURED, Worker


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "POLL_SECONDS", 0.01)


def run_of(trial: optuna.trial.FrozenTrial) -> mlflow.entities.Run:
    return mlflow.get_run(trial.user_attrs[RUN])


@pytest.mark.parametrize(("over", "told"), [(-1.0, "yes"), (0.0, "yes"), (0.1, "no")])
def test_a_run_tells_whether_its_trial_meets_the_constraints(url, worker_run, over, told):
    """Whoever has only the runs would take a trial for the best that may not be."""

    def try_out(config, report):
        return Outcome({QUALITY: 0.5}, outcome(0.5).items, constraints={"fits": over, "met": -1.0})

    worker = begin(url, toy(try_out))
    worker.work(1)
    (trial,) = worker.joined.study.trials
    assert run_of(trial).data.tags[FEASIBLE] == told


def test_a_trial_keeps_its_settings_curve_and_scores_in_its_run(url, worker_run):
    worker = begin(url, toy(lambda config, report: climb(config, report)))
    worker.work(2)
    first, second = worker.joined.study.trials
    assert [trial.state for trial in (first, second)] == [TrialState.COMPLETE] * 2
    run = run_of(second)
    assert float(run.data.params["x"]) == second.params["x"]
    assert int(run.data.params["width"]) == (4, 8, 16, 32)[second.params["width"]]
    assert run.data.metrics[QUALITY] == second.value
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "height")
    assert [point.step for point in history] == [1, 2, 3]


def test_trials_are_the_studys_in_all_not_each_workers(url, worker_run):
    """Two machines would do twice what was asked and paid for."""
    for total in (2, 2, 3):
        begin(url, toy()).work(total)
        assert len(begin(url, toy()).joined.study.trials) == total


def test_a_trial_that_cannot_be_measured_fails_with_its_reason_and_the_others_go_on(
    url, worker_run
):
    """One bad proposal would end the night's study, or NaN pass for a result."""

    def sometimes(config, report):
        number = len(seen)
        seen.append(config)
        if number == 0:
            return outcome(float("nan"))
        if number == 1:
            raise UserError("no memory for <b>width</b> 16")
        return climb(config, report)

    seen = []
    worker = begin(url, toy(sometimes))
    worker.work(4)
    trials = worker.joined.study.trials
    assert [trial.state.name for trial in trials] == ["FAIL", "FAIL", "COMPLETE", "COMPLETE"]
    assert "expected a finite value, got nan" in trials[0].user_attrs[REASON]
    assert trials[1].user_attrs[REASON] == "no memory for <b>width</b> 16"
    assert run_of(trials[1]).data.tags[REASON] == "no memory for <b>width</b> 16"
    assert run_of(trials[1]).info.status == "FAILED"


def test_a_study_in_which_all_fails_ends_with_the_first_reason(url, worker_run):
    def fails(config, report):
        raise UserError(f"x {config.x} is no good")

    worker = begin(url, toy(fails))
    with pytest.raises(FailedStudyError, match=r"x 0\.1 is no good"):
        worker.work(50)
    assert len(worker.joined.study.trials) == 3


def test_a_trial_that_promises_nothing_is_stopped_and_its_run_killed(url, worker_run):
    """Hopeless trials would take as long as good ones."""
    worker = begin(url, toy(pruner=lambda config: ThresholdPruner(lower=0.5)))
    worker.work(1)
    (trial,) = worker.joined.study.trials
    assert trial.state == TrialState.PRUNED
    assert trial.user_attrs[REASON] == "at 1 with height 0.200"
    assert run_of(trial).info.status == "KILLED"
    assert run_of(trial).data.tags[REASON] == "at 1 with height 0.200"


def test_an_interrupted_trial_is_done_again_by_the_next_worker(url, worker_run):
    """Ctrl-C would cost the trial and its settings."""

    def interrupted(config, report):
        report({"height": 0.1}, 1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin(url, toy(interrupted)).work(2)
    assert mlflow.active_run().info.run_id == worker_run
    worker = begin(url, toy())
    worker.work(2)
    tries = worker.joined.study.trials
    assert [trial.state.name for trial in tries] == ["FAIL", "COMPLETE", "COMPLETE"]
    assert tries[1].params == tries[0].params
    assert len(counted(tries)) == 2
    assert run_of(tries[0]).info.status == "FAILED"


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("watched", ["height", ""])
def test_a_worker_whose_trial_was_given_to_another_while_it_slept_goes_on_with_the_next(
    url, worker_run, caplog, tells, watched
):
    """A closed laptop would end its worker with a traceback, or count the trial twice."""

    def sleeps(config, report):
        if not slept:
            slept.append(config)
            study = optuna.load_study(study_name="toy", storage=open_storage(url))
            study.tell(0, state=TrialState.FAIL)
            if not tells:
                return outcome(0.5)
        return climb(config, report)

    slept = []
    worker = begin(url, toy(sleeps, watched=watched))
    worker.work(3)
    trials = worker.joined.study.trials
    assert [trial.state.name for trial in trials] == ["FAIL"] + ["COMPLETE"] * 3
    assert trials[1].params == trials[0].params
    assert len(counted(trials)) == 3
    assert MEASURED not in trials[0].user_attrs
    assert run_of(trials[0]).data.tags[REASON] == TAKEN_OVER
    assert TAKEN_OVER in caplog.text
    assert mlflow.active_run().info.run_id == worker_run


def test_a_trial_left_by_a_worker_that_died_under_the_lock_is_not_waited_for(url, worker_run):
    """It never had a heartbeat, so it would be waited for until the end of days."""
    worker = begin(url, toy())
    worker.joined.study.ask()
    worker.work(1)
    assert [trial.state.name for trial in worker.joined.study.trials] == ["FAIL", "COMPLETE"]


def test_a_worker_waits_for_anothers_trial_and_does_it_when_that_one_dies(
    url, worker_run, monkeypatch
):
    """The study would be answered while a trial is missing."""
    worker = begin(url, toy())
    other = begin(url, toy()).joined
    trial = other.study.ask()
    trial.set_user_attr(RUN, "of the other")
    waited = []

    def dies(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            other.study.tell(trial, state=TrialState.FAIL)

    monkeypatch.setattr(workers.time, "sleep", dies)
    worker.work(1)
    assert len(waited) == 3
    assert [trial.state.name for trial in other.study.trials] == ["FAIL", "COMPLETE"]


def test_where_all_combinations_are_tried_no_trial_is_spent_on_one_twice(url, worker_run):
    space = {"width": toy().space(None)["width"]}
    worker = begin(url, toy(space=lambda config: space, exhaustive=True))
    worker.work(20)
    assert sorted(trial.params["width"] for trial in worker.joined.study.trials) == [0, 1, 2, 3]


def test_a_study_whose_run_is_deleted_under_the_work_ends_and_keeps_its_trials(url):
    """All trials that were left would fail one after the other."""

    def deletes(config, report):
        mlflow.delete_run(worker.joined.run)
        return climb(config, report)

    with mlflow.start_run():
        begin(url, toy())
    with mlflow.start_run():
        worker: Worker = begin(url, toy(deletes))
        with pytest.raises(UserError, match="deleted"):
            worker.work(9)
    assert [trial.state.name for trial in worker.joined.study.trials] == ["COMPLETE"]
