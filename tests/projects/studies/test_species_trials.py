"""A trial learns from the training recordings, is measured on validation, and sees no others."""

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest
from conftest import TINY_TRAINING, write_chirps
from optuna.pruners import BasePruner, NopPruner, ThresholdPruner
from sklearn.metrics import f1_score
from toy_study import begin

from evaluation.predictions import Predictions
from projects.audio.splits import TEST, VALIDATION, assign_splits
from projects.errors import UserError
from projects.held_folder import TRAININGS
from projects.species.train_ast import AstConfig
from projects.studies.augmentation import QUESTION
from projects.studies.engine.question import Outcome
from projects.studies.engine.trial_run import RUN, read_items
from projects.studies.species_trials import Trained, prepare_species, scores_of

pytestmark = pytest.mark.long


def config_of(recordings: Path, **changes: object) -> AstConfig:
    return AstConfig.validated({**TINY_TRAINING, "data": recordings, **changes})


def split_of(config: AstConfig):
    fractions = (config.validation_fraction, config.test_fraction)
    return assign_splits(config.manifest(), config.split_seed, *fractions)


def outcome_of(config: AstConfig, study: str, pruner: BasePruner) -> list[tuple]:
    """What two trials come to."""
    question = replace(QUESTION, pruner=lambda config: pruner)
    settings = config.model_dump(exclude_unset=True)
    worker = begin(f"sqlite:///{study}.db", question, name=study, **settings)
    worker.work(2)
    return [
        (trial.state.name, trial.params, trial.values, trial.intermediate_values)
        for trial in worker.joined.study.trials
    ]


@pytest.mark.parametrize(
    ("pruner", "state"), [(NopPruner(), "COMPLETE"), (ThresholdPruner(lower=0.9), "PRUNED")]
)
def test_a_study_never_looks_at_the_test_recordings(
    url, worker_run, tmp_path, caplog, pruner, state
):
    """Its answer would be fitted to the very recordings that are to judge it."""
    config = config_of(write_chirps(tmp_path), store=tmp_path / "before")
    split = split_of(config)
    tested = split[split["split"] == TEST]
    before = outcome_of(config, "before", pruner)
    assert {each[0] for each in before} == {state}
    for path in tested["path"]:
        Path(path).write_bytes(b"rubbish")
    caplog.set_level(logging.INFO)
    after = outcome_of(config_of(config.data, store=tmp_path / "after"), "after", pruner)
    assert after == before
    assert len(tested) > 0
    assert not any(Path(path).name in caplog.text for path in tested["path"])


def test_items_and_scores_are_those_of_the_validation_recordings(url, worker_run, tmp_path):
    config = config_of(write_chirps(tmp_path), store=tmp_path / "store")
    split = split_of(config)
    worker = begin(url, QUESTION, **config.model_dump(exclude_unset=True))
    worker.work(1)
    (trial,) = worker.joined.study.trials
    items = read_items(trial.user_attrs[RUN])
    assert set(items["item"]) == set(split[split["split"] == VALIDATION]["recording_id"])
    predictions = Predictions.from_table(items)
    expected = f1_score(
        predictions.truth,
        predictions.probabilities.argmax(axis=1),
        average="macro",
        labels=np.unique(predictions.truth),
        zero_division=0,
    )
    assert trial.value == pytest.approx(expected)
    assert scores_of(predictions)["macro_f1"] == pytest.approx(expected)


def test_a_trial_that_is_stopped_leaves_no_checkpoints_and_an_interrupted_one_does(
    url, worker_run, tmp_path
):
    """Gigabytes would stay of every hopeless trial, or an interrupted one begin anew."""
    config = config_of(write_chirps(tmp_path), store=tmp_path / "store")

    def measure(trained: Trained) -> Outcome:
        raise AssertionError

    prepared = prepare_species(measure, config)

    def ends(error: BaseException, values, epoch) -> None:
        raise error

    for error, left in ((optuna.TrialPruned(), False), (KeyboardInterrupt(), True)):
        with pytest.raises(type(error)):
            prepared.try_out(config, partial(ends, error))
        assert bool([each for each in TRAININGS.glob("*") if each.is_dir()]) == left


def test_a_label_without_a_training_recording_is_refused(url, worker_run, tmp_path):
    """It could never be told, and the answer would be about something else."""
    recordings = write_chirps(tmp_path, labels=2, groups=4)
    table = pd.read_csv(recordings)
    table["split"] = ["train"] * 4 + ["validation"] * 2 + ["test"] * 2
    table[(table["label"] == "bird 0") | (table["split"] == VALIDATION)].to_csv(recordings)
    with pytest.raises(UserError, match="no training recording of 'bird 1'"):
        prepare_species(lambda trained: None, config_of(recordings, store=tmp_path / "store"))
