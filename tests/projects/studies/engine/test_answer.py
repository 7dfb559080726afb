"""What is said of a study is what its trials say."""

import pytest
from optuna.trial import TrialState
from toy_study import QUALITY, begin, failing_as_it_stood, outcome, toy

from evaluation.findings import paired
from projects.errors import UserError
from projects.studies.engine.account import FailedStudyError
from projects.studies.engine.answer import answer_of, answer_report
from projects.studies.engine.question import Outcome
from projects.studies.engine.trial_run import RUN, read_items

SPACE = toy().space(None)


def test_the_answer_names_the_best_trial_its_settings_and_the_interval_of_the_gain(url, worker_run):
    """One number without its interval would sell noise as progress."""
    worker = begin(url, toy())
    worker.work(4)
    answer = answer_of(worker.joined.study, toy(), SPACE)
    best = max(worker.joined.study.trials, key=lambda trial: trial.value)
    assert answer.best.number == best.number
    assert answer.settings["x"] == best.params["x"]
    first = worker.joined.study.trials[0]
    ours, theirs = (read_items(trial.user_attrs[RUN]) for trial in (best, first))
    gain = paired("classification", ours, theirs, QUALITY)
    assert f"by {gain.value:.3f} (95 % interval {gain.lower:.3f} to {gain.upper:.3f}" in answer.text
    assert answer.text.startswith("Where is the top of the hill? Of 4 trials (4 complete)")


def test_every_trial_is_a_row_with_its_state_and_reason(url, worker_run):
    """Trials that failed would vanish from the record."""
    worker = begin(url, toy(failing_as_it_stood("no | memory\nat all")))
    worker.work(3)
    answer = answer_of(worker.joined.study, toy(), SPACE)
    assert list(answer.trials["state"]) == ["failed", "complete", "complete"]
    assert answer.trials["reason"][0] == "no | memory\nat all"
    assert "stood (trial 0) failed: no | memory at all" in answer.text
    lines = answer_report(answer).splitlines()
    assert len(lines) == 1 + 1 + 2 + 3
    assert r"no \| memory at all" in lines[4]


def test_a_first_trial_that_was_killed_is_compared_with_by_its_second_try(url, worker_run):
    """Another configuration would pass for the one that stood."""
    worker = begin(url, toy())
    trial = worker.joined.study.ask()
    trial.set_user_attr(RUN, "gone")
    worker.joined.study.tell(trial, state=TrialState.FAIL)
    worker.work(3)
    answer = answer_of(worker.joined.study, toy(), SPACE)
    assert list(answer.trials["trial"]) == [1, 2, 3]
    assert answer.trials["x"][0] == 0.1
    assert "(trial 1)" in answer.text


def test_nothing_complete_is_a_failure_with_each_reason(url, worker_run):
    def fails(config, report):
        raise UserError("no memory")

    worker = begin(url, toy(fails))
    worker.work(2)
    with pytest.raises(FailedStudyError, match=r"came to its end: no memory$") as told:
        answer_of(worker.joined.study, toy(), SPACE)
    assert told.value.exit_code == 1


def test_of_several_objectives_the_front_is_told_and_who_breaks_a_constraint_is_not_on_it(
    url, worker_run
):
    """A network too large for the device would be called the best."""

    def sized(config, report):
        height = outcome(config.x)
        values = {**height.values, "size": float(config.width)}
        return Outcome(values, height.items, constraints={"fits": config.width - 8.0})

    objectives = {QUALITY: "maximize", "size": "minimize"}
    question = toy(sized, objectives=objectives, watched="")
    worker = begin(url, question)
    for x, width in ((0.99, 3), (0.5, 1), (0.4, 1)):
        worker.joined.study.enqueue_trial({"x": x, "width": width})
    worker.work(4)
    answer = answer_of(worker.joined.study, question, SPACE)
    assert answer.feasible
    assert answer.settings == {"x": 0.5, "width": 8}
    assert "On the Pareto front of accuracy, size: trial 0:" in answer.text
    assert "trial 1:" not in answer.text.split("Pareto front")[1]


def test_a_study_in_which_nothing_fits_says_so(url, worker_run):
    def too_large(config, report):
        height = outcome(config.x)
        return Outcome(height.values, height.items, constraints={"fits": 1.0})

    worker = begin(url, toy(too_large))
    worker.work(1)
    answer = answer_of(worker.joined.study, toy(), SPACE)
    assert not answer.feasible
    assert "none of which meets the constraints" in answer.text


def test_the_default_at_the_top_is_not_sold_as_a_find(url, worker_run):
    worker = begin(url, toy(), x=0.7, width=16)
    worker.work(2)
    answer = answer_of(worker.joined.study, toy(), SPACE)
    assert "no trial was better" in answer.text


def test_a_lower_quality_is_better_where_it_is_to_be_minimised(url, worker_run):
    question = toy(objectives={QUALITY: "minimize"})
    worker = begin(url, question)
    worker.work(3)
    trials = worker.joined.study.trials
    assert answer_of(worker.joined.study, question, SPACE).best.value == min(
        trial.value for trial in trials
    )
