"""Proposals are the study's, not the worker's."""

import optuna
from optuna.samplers import GPSampler, RandomSampler

from projects.studies.engine.sampler import NumberedSampler


def gaussian(seed: int) -> GPSampler:
    return GPSampler(seed=seed, n_startup_trials=3)


def objective(trial: optuna.Trial) -> float:
    return (trial.suggest_float("x", 0, 1) - 0.3) ** 2 + 0.1 * trial.suggest_int("n", 0, 4)


def study_of(storage, seed: int = 0, make=gaussian) -> optuna.Study:
    return optuna.create_study(
        storage=storage,
        study_name="study",
        sampler=NumberedSampler(make, seed),
        load_if_exists=True,
    )


def test_a_resumed_study_proposes_what_one_without_a_break_would():
    """A kill would change the answer, and a resumed study begin its search anew."""
    whole = study_of(optuna.storages.InMemoryStorage())
    whole.optimize(objective, n_trials=6)
    storage = optuna.storages.InMemoryStorage()
    for _ in range(3):
        study_of(storage).optimize(objective, n_trials=2)
    broken = study_of(storage)
    assert [t.params for t in broken.trials] == [t.params for t in whole.trials]


def test_two_workers_with_one_seed_never_propose_the_same():
    """Half of the trials would be paid twice."""
    storage = optuna.storages.InMemoryStorage()
    workers = [study_of(storage, make=lambda seed: RandomSampler(seed)) for _ in range(2)]
    proposals = {workers[n % 2].ask().suggest_float("x", 0, 1) for n in range(10)}
    assert len(proposals) == 10


def test_another_seed_proposes_something_else():
    drawn = [
        study_of(optuna.storages.InMemoryStorage(), seed).ask().suggest_float("x", 0, 1)
        for seed in (0, 1)
    ]
    assert drawn[0] != drawn[1]


def test_what_was_learnt_steers_the_proposals():
    """A wrapper that dropped what the sampler knows would be a costly random search."""
    study = study_of(optuna.storages.InMemoryStorage())
    study.optimize(lambda trial: (trial.suggest_float("x", 0, 1) - 0.3) ** 2, n_trials=9)
    assert all(abs(trial.params["x"] - 0.3) < 0.15 for trial in study.trials[-2:])


def test_of_a_few_choices_none_is_tried_twice_before_all_were():
    """A training from the same seed gives the same score, and costs as much again."""

    def of_six(trial: optuna.Trial) -> float:
        return trial.suggest_int("width", 0, 2) + trial.suggest_int("depth", 0, 1)

    for seed in range(5):
        study = study_of(optuna.storages.InMemoryStorage(), seed)
        study.optimize(of_six, n_trials=6)
        assert len({(t.params["width"], t.params["depth"]) for t in study.trials}) == 6
