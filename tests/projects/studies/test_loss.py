"""Cross-entropy or regression: every loss from every start, and the difference clip by clip."""

import sys

import numpy as np
import pandas as pd
import pytest

from evaluation.quality.metrics import HIGHER_IS_BETTER
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.studies import loss
from projects.studies.engine.space import grid, read_back, stored

ITEMS = [f"{run}@0s" for run in "abcdef"]


def items(stoi):
    groups = [item[0] for item in ITEMS]
    return pd.DataFrame({"item": ITEMS, "group": groups, loss.QUALITY: stoi})


@pytest.fixture
def told(monkeypatch):
    """What is told of trials whose clips' scores are given: (loss, scores) by run."""

    def tell(runs):
        monkeypatch.setattr(loss, "read_items", lambda run: items(runs[run][1]))
        rows = [
            {"run": run, "loss": which, loss.QUALITY: np.nanmean(stoi), "accuracy": 0.5}
            for run, (which, stoi) in runs.items()
        ]
        return loss.tell(pd.DataFrame(rows))

    return tell


def test_both_losses_start_from_every_seed_the_configuration_as_it_stands_first():
    config = TrainAutoencoderConfig(seed=7)
    space = loss.space(config)
    combinations = [read_back(each, space) for each in grid(space)]
    assert combinations[0] == {"seed": 7, "loss": config.loss}
    assert stored(config.model_dump(), space) == grid(space)[0]
    for which in ("cross_entropy", "regression"):
        assert [each["seed"] for each in combinations if each["loss"] == which] == [7, 8, 9]


def test_a_study_broken_off_has_as_many_trials_of_each_loss():
    space = loss.space(TrainAutoencoderConfig())
    first = [read_back(each, space)["loss"] for each in grid(space)[:4]]
    assert first == ["cross_entropy", "regression"] * 2


def test_the_difference_is_of_the_losses_not_of_their_luckiest_seeds(told):
    answer = told(
        {
            "1": ("cross_entropy", [0.5] * 6),
            "2": ("cross_entropy", [0.3] * 6),
            "3": ("regression", [0.2] * 6),
        }
    )
    assert "cross_entropy has stoi 0.400 (0.300 to 0.500 over 2 seeds)" in answer
    assert "regression has stoi 0.200 (0.200 to 0.200 over 1 seeds)" in answer
    assert "cross_entropy minus regression on the same clips: 0.200 (" in answer
    assert "0.200 to 0.200, bootstrap over groups), beyond noise" in answer


def test_a_difference_that_one_speaker_turns_round_is_called_noise(told):
    by_group = np.array([0.9, 0.2, 0.5, 0.5, 0.3, 0.1])
    answer = told({"1": ("cross_entropy", by_group), "2": ("regression", by_group[::-1])})
    assert "within noise" in answer


def test_on_few_recordings_no_loss_is_called_better(told, monkeypatch):
    """Over three groups luck alone leaves 0 out in a third of all comparisons."""
    monkeypatch.setattr(sys.modules[__name__], "ITEMS", ITEMS[:3])
    answer = told({"1": ("cross_entropy", [0.5] * 3), "2": ("regression", [0.2] * 3)})
    assert answer.endswith("too few groups (3) to tell.")


def test_a_clip_that_one_training_could_not_score_is_the_mean_of_the_others(told):
    gap = [np.nan, *[0.4] * 5]
    answer = told(
        {
            "1": ("cross_entropy", [0.4] * 6),
            "2": ("cross_entropy", gap),
            "3": ("regression", [0.1] * 6),
        }
    )
    assert "minus regression on the same clips: 0.300 (" in answer


def test_with_one_loss_alone_there_is_no_answer_yet(told):
    assert "do more trials" in told({"1": ("cross_entropy", [0.4] * 6)})


def test_the_best_configuration_takes_over_the_loss_and_no_lucky_seed():
    assert "seed" in loss.QUESTION.own
    assert "loss" not in loss.QUESTION.own
    assert loss.QUESTION.objectives == {loss.QUALITY: "maximize"}
    assert HIGHER_IS_BETTER[loss.QUALITY]
