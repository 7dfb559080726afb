"""How a worker comes to a study, whatever it finds there."""

import json

import mlflow
import optuna
import pytest
from optuna.trial import TrialState
from toy_study import begin, toy

from projects.errors import UserError
from projects.studies.engine.join import ASKED, NAME, OBJECTIVES, TEXT, reopen
from projects.studies.engine.space import Choice
from projects.studies.engine.storage import open_storage
from projects.studies.engine.trial_run import RUN


def test_the_first_trial_is_the_configuration_as_it_stands(url, worker_run):
    """The answer could not say whether anything got better."""
    study = begin(url, toy(), x=0.4, width=8).joined.study
    assert study.ask().params == {}
    assert study.trials[0].system_attrs["fixed_params"] == {"x": 0.4, "width": 1}
    assert study.user_attrs[RUN] == worker_run


def test_a_study_says_from_its_begin_what_it_seeks(url, worker_run):
    """Who looks at it while it is at work would not know which trial is the best."""
    begin(url, toy(objectives={"accuracy": "maximize", "size": "minimize"}))
    tags = mlflow.get_run(worker_run).data.tags
    assert (tags[NAME], tags[TEXT]) == ("toy", "Where is the top of the hill?")
    told = json.loads(tags[OBJECTIVES])
    assert list(told.items()) == [("accuracy", "maximize"), ("size", "minimize")]


def test_the_second_worker_takes_the_same_study_under_the_firsts_run(url, worker_run):
    """Two studies of one name, each with half of the trials."""
    first = begin(url, toy()).joined
    with mlflow.start_run(nested=True) as own:
        second = begin(url, toy()).joined
    assert optuna.get_all_study_names(open_storage(url)) == ["toy"]
    assert second.run == first.run == worker_run
    assert mlflow.get_run(own.info.run_id).data.tags["mlflow.parentRunId"] == worker_run
    assert len(second.study.trials) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"steps": 9}, "steps=3, now it is 9"),
        # The configuration has a seed of its own.
        ({"seed": 1}, "seed of proposals=0, now it is 1"),
        ({"question": toy(text="Where is the pit?")}, "question='Where is the top of the hill"),
        ({"question": toy(objectives={"accuracy": "minimize", "size": "minimize"})}, "objectives="),
        ({"question": toy(space=lambda config: {"width": Choice((16, 8, 4))})}, "space="),
    ],
)
def test_a_study_joined_with_other_settings_is_refused_in_one_line(url, worker_run, changes, told):
    """Trials of two questions would be compared as if they were of one."""
    begin(url, toy())
    with pytest.raises(UserError, match=told) as refused:
        begin(url, **{"question": toy(), **changes})
    assert "\n" not in str(refused.value)
    assert "a name of its own" in str(refused.value)


def test_other_data_are_refused_and_another_path_to_the_same_is_not(url, worker_run):
    begin(url, toy(), data="/here")
    begin(url, toy(), data="/there")
    other = toy(prepare=lambda config: type("Prepared", (), {"digest": "valley"}))
    with pytest.raises(UserError, match="data='hill', now it is 'valley'"):
        begin(url, other)


def test_a_study_whose_first_worker_was_killed_at_its_very_begin_is_begun_anew(url, worker_run):
    """It would have no first trial, or that of another question."""
    half = optuna.create_study(study_name="toy", storage=open_storage(url), direction="minimize")
    half.set_user_attr(ASKED, {"question": "another"})
    half.enqueue_trial({"z": 1})
    study = begin(url, toy()).joined.study
    assert [each.name for each in study.directions] == ["MAXIMIZE"]
    assert [trial.system_attrs["fixed_params"].keys() for trial in study.trials] == [{"x", "width"}]
    assert optuna.get_all_study_names(open_storage(url)) == ["toy"]


def test_somebody_elses_study_of_the_same_name_is_left_alone(url, worker_run):
    """A hundred trials of their own would be gone, or mixed with ours."""
    theirs = optuna.create_study(study_name="toy", storage=open_storage(url))
    theirs.optimize(lambda trial: trial.suggest_float("y", 0, 1), n_trials=2)
    with pytest.raises(UserError, match="was not begun by tune"):
        begin(url, toy())
    assert [trial.state for trial in theirs.trials] == [TrialState.COMPLETE] * 2


def test_a_configuration_outside_the_space_leaves_no_study_behind(url, worker_run):
    with pytest.raises(UserError, match="x: expected a value that the study looks at"):
        begin(url, toy(), x=7)
    assert optuna.get_all_study_names(open_storage(url)) == []


def test_all_combinations_wait_where_all_are_to_be_tried_the_standing_one_first(url, worker_run):
    space = {"width": toy().space(None)["width"]}
    study = begin(url, toy(space=lambda config: space, exhaustive=True), width=8).joined.study
    places = [trial.system_attrs["fixed_params"]["width"] for trial in study.trials]
    assert places == [1, 0, 2, 3]


def test_a_study_whose_run_was_deleted_says_so(url):
    """Every trial would fail, and the study be used up."""
    with mlflow.start_run() as gone:
        begin(url, toy())
    mlflow.delete_run(gone.info.run_id)
    with mlflow.start_run(), pytest.raises(UserError, match=r"deleted.*restore it") as told:
        begin(url, toy())
    assert "\n" not in str(told.value)


def test_a_study_that_goes_on_is_at_work_again_in_mlflow(url):
    with mlflow.start_run() as ended:
        begin(url, toy())
    assert mlflow.get_run(ended.info.run_id).info.status == "FINISHED"
    reopen("toy", ended.info.run_id)
    assert mlflow.get_run(ended.info.run_id).info.status == "RUNNING"
