"""Every trial counts once, however often it was begun."""

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.trial import TrialState

from projects.studies.engine.account import (
    HOPELESS,
    RETRIES,
    FailedStudyError,
    check_hopeful,
    counted,
    is_left,
    is_lost,
    revive,
    running,
)
from projects.studies.engine.trial_run import INTERRUPTED, REASON, RUN, WORKER_DIED, reason_of

TOTAL = 4


@pytest.fixture
def study() -> optuna.Study:
    return optuna.create_study()


def begun(study: optuna.Study) -> optuna.Trial:
    trial = study.ask()
    trial.suggest_float("x", 0, 1)
    trial.set_user_attr(RUN, f"run of {trial.number}")
    return trial


def end(study: optuna.Study, trial: optuna.Trial, how: str) -> None:
    match how:
        case "complete":
            study.tell(trial, 0.0)
        case "fails":
            trial.set_user_attr(REASON, "no memory")
            study.tell(trial, state=TrialState.FAIL)
        case "interrupted":
            trial.set_user_attr(REASON, INTERRUPTED)
            study.tell(trial, state=TrialState.FAIL)
        case "killed":
            study.tell(trial, state=TrialState.FAIL)
        case "killed under the lock":
            trial.study._storage._get_trial(trial._trial_id).user_attrs.pop(RUN)


FATES = ["complete", "fails", "interrupted", "killed", "killed under the lock"]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(FATES), max_size=30), st.integers(1, 3))
def test_a_study_ends_with_as_many_trials_as_asked_for_whatever_becomes_of_them(fates, workers):
    """A kill would cost a trial, or two workers do more than were asked for."""
    study = optuna.create_study()
    at_work: list[optuna.Trial] = []
    for fate in [*fates, *["complete"] * (TOTAL * (RETRIES + 1) + workers)]:
        revive(study)
        assert len(counted(study.trials)) <= TOTAL
        if len(at_work) < workers and is_left(study.trials, TOTAL):
            at_work.append(begun(study))
        elif at_work:
            end(study, at_work.pop(0), fate)
    revive(study)
    assert len(counted(study.trials)) == TOTAL
    assert not is_left(study.trials, TOTAL)
    assert running(study.trials) == len(at_work)
    assert [trial.number for trial in study.trials] == list(range(len(study.trials)))


def test_a_killed_trial_is_tried_again_with_its_settings_and_nothing_that_it_measured(study):
    """The second try would show the first one's run, reason and constraints as its own."""
    trial = begun(study)
    trial.set_user_attr("measured", {"seconds": 1})
    trial.set_constraint("size", 1.0)
    end(study, trial, "killed")
    revive(study)
    first, again = study.trials
    assert again.state == TrialState.WAITING
    assert again.params == first.params
    assert again.user_attrs == {}
    assert not any("constraint" in key for key in again.system_attrs)
    assert counted(study.trials) == [again]


def test_a_sweep_that_is_killed_between_its_steps_is_done_by_the_next(study):
    """Failed and not yet set to wait, the trial would be lost."""
    end(study, begun(study), "killed")
    for _ in range(3):
        revive(study)
    assert [trial.state for trial in study.trials] == [TrialState.FAIL, TrialState.WAITING]


def test_a_trial_that_kills_its_workers_is_given_up(study):
    """It would kill one worker after the other for ever."""
    for _ in range(RETRIES + 1):
        assert is_left(study.trials, 1)
        end(study, begun(study), "killed")
        revive(study)
    assert not is_left(study.trials, 1)
    (trial,) = counted(study.trials)
    assert reason_of(trial) == WORKER_DIED


def test_a_person_may_interrupt_a_trial_as_often_as_they_like(study):
    for _ in range(3 * RETRIES):
        end(study, begun(study), "interrupted")
        revive(study)
        assert is_left(study.trials, 1)
    end(study, begun(study), "complete")
    assert [trial.state for trial in counted(study.trials)] == [TrialState.COMPLETE]


def test_the_first_trial_stays_the_first_when_it_is_tried_again(study):
    """The answer compares with the first: another configuration would pass for the default."""
    first, second = begun(study), begun(study)
    end(study, first, "killed")
    revive(study)
    end(study, second, "complete")
    end(study, begun(study), "complete")
    assert [trial.number for trial in counted(study.trials)] == [2, 1]


def test_a_trial_that_failed_by_itself_is_not_tried_again(study):
    end(study, begun(study), "fails")
    revive(study)
    (trial,) = study.trials
    assert not is_lost(trial)
    assert reason_of(trial) == "no memory"


def test_a_study_in_which_nothing_works_is_ended_with_the_first_reason(study):
    """A mistake in the configuration would burn the whole night."""
    for number in range(HOPELESS):
        check_hopeful(study.trials)
        trial = begun(study)
        trial.set_user_attr(REASON, f"reason {number}")
        study.tell(trial, state=TrialState.FAIL)
    with pytest.raises(FailedStudyError, match="reason 0") as told:
        check_hopeful(study.trials)
    assert told.value.exit_code == 1
    end(study, begun(study), "complete")
    check_hopeful(study.trials)
