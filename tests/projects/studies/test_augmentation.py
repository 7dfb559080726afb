"""The study of augmentation asks for settings that a training takes."""

import optuna
import pytest

from projects.species.train_ast import AstConfig
from projects.studies.augmentation import QUESTION, space
from projects.studies.engine.space import read_back, stored
from projects.studies.tune import question_of


@pytest.mark.parametrize("high", [30.0, 10.0, -5.0, -20.0])
def test_every_corner_of_the_space_is_a_training(high):
    """Proposals that no training takes would be spent on failures."""
    base = AstConfig(noise_snr_low=-20.0, noise_snr_high=high)
    for end in ("low", "high"):
        corner = {name: getattr(each, end) for name, each in space(base).items()}
        if corner["noise_snr_low"] <= high:
            AstConfig.validated({**base.model_dump(), **corner})


def test_the_default_is_in_the_space_so_that_it_can_be_the_first_trial():
    default = AstConfig.validated(dict(QUESTION.base))
    kept = stored(default.model_dump(), space(default))
    assert read_back(kept, space(default)) == {
        name: getattr(default, name) for name in space(default)
    }


def test_a_weak_start_is_not_stopped_in_the_first_half():
    """Strong augmentation learns slowly and ends high: it would never be chosen."""
    study = optuna.create_study(direction="maximize", pruner=QUESTION.pruner(AstConfig(epochs=10)))
    for _ in range(4):
        trial = study.ask()
        for epoch in range(1, 11):
            trial.report(0.9, epoch)
        study.tell(trial, 0.9)
    late = study.ask()
    stopped = []
    for epoch in range(1, 11):
        late.report(0.1, epoch)
        stopped.append(late.should_prune())
    assert stopped.index(True) == 4


def test_the_study_is_found_by_its_name():
    assert question_of("augmentation") is QUESTION
