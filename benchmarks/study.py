"""What a trial of a study costs beside Optuna's own, with an objective that takes no time.

Both are asked for the same trials on a database of the same kind, in turn: ten by the engine, each
with a child run in MLflow, then ten by plain Optuna, and so on. The sampler draws at random in
both: a Gaussian process takes seconds that grow and scatter, with the engine and without.
"""

import logging
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
import numpy as np
import optuna
import pandas as pd
from optuna.samplers import RandomSampler
from pydantic import Field

from benchmarks.measuring import ratio_line, run_benchmark
from evaluation.markdown import markdown_table
from evaluation.predictions import Predictions
from projects.config import Config
from projects.studies.engine.join import asked_of, join
from projects.studies.engine.question import Outcome, Prepared, Question, Report
from projects.studies.engine.sampler import NumberedSampler
from projects.studies.engine.space import Real, proposed
from projects.studies.engine.storage import open_storage
from projects.studies.engine.worker import Worker

OPTUNA, SYRINX = "optuna", "syrinx"
QUALITY = "accuracy"
BLOCK = 10


class StudyConfig(Config):
    """Measures what the tracking of a trial costs."""

    trials: int = Field(200, ge=20, multiple_of=BLOCK, description="of each study")
    clips: int = Field(200, ge=2, description="rows that a trial leaves to be compared by")


class EmptyConfig(Config):
    """Settings that nothing is done with."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


SPACE = {name: Real(-1, 1) for name in EmptyConfig.model_fields}


def measure(config: StudyConfig) -> None:
    """Does both studies and prints seconds a trial, of ten trials each, and the ratio."""
    with TemporaryDirectory() as temporary, _quiet():
        ours, plain = _ours(Path(temporary), config.clips), _plain(Path(temporary))
        ours.joined.study.sampler = plain.sampler = NumberedSampler(_random, 0)
        seconds: dict[str, list[float]] = {SYRINX: [], OPTUNA: []}
        for done in range(BLOCK, config.trials + 1, BLOCK):
            seconds[SYRINX].append(_seconds_a_trial(partial(ours.work, done)))
            more = partial(plain.optimize, _objective, n_trials=BLOCK)
            seconds[OPTUNA].append(_seconds_a_trial(more))
        mlflow.end_run()
    print(f"data: {config.trials} trials of each, {config.clips} clips a trial; sqlite\n")
    rows = [
        [
            f"{(place + 1) * BLOCK - BLOCK + 1} to {(place + 1) * BLOCK}",
            *(f"{seconds[each][place]:.3f}" for each in (OPTUNA, SYRINX)),
            f"{seconds[SYRINX][place] - seconds[OPTUNA][place]:.3f}",
        ]
        for place in range(config.trials // BLOCK)
    ]
    print(markdown_table(["trials, seconds each", OPTUNA, SYRINX, "overhead"], rows))
    print()
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    print(ratio_line(medians[SYRINX], medians[OPTUNA], f"s/trial, {SYRINX} / {OPTUNA}"))


def _ours(folder: Path, clips: int) -> Worker:
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    mlflow.set_experiment(
        experiment_id=client.create_experiment("studies", (folder / "runs").as_uri())
    )
    mlflow.start_run()
    items = _items(clips)

    def nothing(config: EmptyConfig, report: Report) -> Outcome:
        return Outcome({QUALITY: -(config.x**2)}, items)

    question = Question(
        text="What does a trial cost?",
        objectives={QUALITY: "maximize"},
        kind="classification",
        job=EmptyConfig,
        entry_point="",
        space=lambda config: SPACE,
        base={},
        prepare=lambda config: Prepared(nothing, "empty"),
    )
    config, url = EmptyConfig(), f"sqlite:///{folder / 'ours.db'}"
    asked = asked_of(question, config, SPACE, "empty", 0)
    joined = join(open_storage(url), "ours", question, config, SPACE, asked)
    return Worker(url, joined, question, SPACE, {}, question.prepare(config))


def _plain(folder: Path) -> optuna.Study:
    storage = open_storage(f"sqlite:///{folder / 'plain.db'}")
    study = optuna.create_study(storage=storage, direction="maximize")
    study.enqueue_trial(dict.fromkeys(SPACE, 0.0))
    return study


def _random(seed: int) -> RandomSampler:
    return RandomSampler(seed)


def _objective(trial: optuna.Trial) -> float:
    return -(proposed(trial, SPACE)["x"] ** 2)


def _seconds_a_trial(block: Callable[[], None]) -> float:
    start = time.perf_counter()
    block()
    return (time.perf_counter() - start) / BLOCK


@contextmanager
def _quiet() -> Iterator[None]:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield


def _items(clips: int) -> pd.DataFrame:
    sure = np.random.default_rng(0).random(clips)
    return Predictions(
        [f"clip {n}" for n in range(clips)],
        [f"group {n // 4}" for n in range(clips)],
        np.arange(clips) % 2,
        np.stack([sure, 1 - sure], axis=1),
        ["hen", "owl"],
    ).to_table()


if __name__ == "__main__":
    run_benchmark(StudyConfig, measure)
