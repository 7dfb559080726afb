"""A study whose trials take no time, its workers in this process or in others.

As a program: a worker whose heart beats every second. What its trials do stands in files of the
working folder, see `do`.
"""

import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import mlflow
import numpy as np

from evaluation.predictions import Predictions
from projects.config import Config
from projects.errors import UserError
from projects.studies.engine import storage, worker
from projects.studies.engine.join import asked_of, join
from projects.studies.engine.question import Outcome, Prepared, Question, Report
from projects.studies.engine.space import Choice, Real
from projects.studies.engine.worker import Worker
from projects.studies.tune import TuneConfig, tune
from projects.tracking import run_entry_point

QUALITY = "accuracy"
CLIPS = 12

HOLD = Path("hold")
"""While it is there, trials of worker processes wait after their first step."""

TryOut = Callable[["ToyConfig", Report], Outcome]


class ToyConfig(Config):
    """A hill of two settings."""

    x: float = 0.1
    width: int = 4
    steps: int = 3
    seed: int = 0
    data: str | None = None
    format: str = "demo"
    group: str | None = None


def climb(config: ToyConfig, report: Report) -> Outcome:
    """The higher, the nearer x is to 0.7 and width to 16; noise from the settings themselves."""
    top = 1 - (config.x - 0.7) ** 2 - 0.02 * abs(np.log2(config.width) - 4)
    for step in range(1, config.steps + 1):
        report({"height": top * step / config.steps}, step)
    return outcome(top)


def failing_as_it_stood(reason: str) -> TryOut:
    """Climbs from everywhere but from where the configuration stood."""

    def try_out(config: ToyConfig, report: Report) -> Outcome:
        if config.x == ToyConfig().x:
            raise UserError(reason)
        return climb(config, report)

    return try_out


def outcome(height: float, **measured: float) -> Outcome:
    """Of a given height, with clips of which about as many are right."""
    random = np.random.default_rng(int(abs(height) * 1e6) if np.isfinite(height) else 0)
    truth = np.arange(CLIPS) % 2
    right = random.random(CLIPS) < (height if np.isfinite(height) else 0)
    sure = np.where(right == (truth == 1), 0.9, 0.1)
    items = Predictions(
        [f"clip {n}" for n in range(CLIPS)],
        [f"group {n // 2}" for n in range(CLIPS)],
        truth,
        np.stack([1 - sure, sure], axis=1),
        ["hen", "owl"],
    )
    return Outcome({QUALITY: height}, items.to_table(), measured)


def toy(try_out: TryOut = climb, **changes: object) -> Question:
    """A question about `try_out`."""
    parts = {
        "text": "Where is the top of the hill?",
        "objectives": {QUALITY: "maximize"},
        "kind": "classification",
        "job": ToyConfig,
        "entry_point": "train_ast",
        "space": lambda config: {"x": Real(0, 1), "width": Choice((4, 8, 16, 32))},
        "base": {},
        "prepare": lambda config: Prepared(try_out, "hill"),
        "watched": "height",
    }
    return Question(**{**parts, **changes})


def play(question: Question, **parameters: object) -> str:
    """Runs `tune` in a run of its own and returns that run."""
    with patch("projects.studies.tune.question_of", lambda study: question), mlflow.start_run():
        run = mlflow.active_run().info.run_id
        tune(TuneConfig.validated({"trials": 3, **parameters}))
    return run


def begin(
    url: str, question: Question, name: str = "toy", seed: int = 0, **settings: object
) -> Worker:
    """A worker that has joined a study in the active run, before its first trial."""
    settings = {**question.base, **settings}
    config = question.job.validated(settings)
    space, prepared = question.space(config), question.prepare(config)
    asked = asked_of(question, config, space, prepared.digest, seed)
    joined = join(storage.open_storage(url), name, question, config, space, asked)
    return Worker(url, joined, question, space, settings, prepared)


def do(config: ToyConfig, report: Report) -> Outcome:
    """A trial of a worker process: it says that it is at work, and waits while it is held."""
    report({"height": 0.0}, 0)
    print(f"at x {config.x}", flush=True)
    while HOLD.exists():
        time.sleep(0.05)
    return climb(config, report)


if __name__ == "__main__":
    storage.HEARTBEAT_SECONDS = 1
    storage.GRACE_SECONDS = 3
    worker.POLL_SECONDS = 0.2
    with patch("projects.studies.tune.question_of", lambda study: toy(do)):
        run_entry_point(TuneConfig, tune, experiment="studies")
