"""Entry point: asks a question of a training by many trials, alone or beside other workers."""

import warnings
from importlib import import_module
from typing import Any, Literal

import optuna
from pydantic import Field

from projects.config import Config
from projects.settings_file import read_settings
from projects.species.train_ast import AstConfig
from projects.studies.engine.answer import answer_report
from projects.studies.engine.finish import BEST, finish, leave
from projects.studies.engine.join import asked_of, join
from projects.studies.engine.question import Question
from projects.studies.engine.storage import open_storage, storage_errors
from projects.studies.engine.worker import Worker
from projects.tracking import run_entry_point
from registry.lock import locked

Study = Literal[
    "augmentation", "embedding", "embedding_codec", "bitrate", "loss", "finetune", "codebooks"
]


class TuneConfig(Config):
    """Runs a study, goes on with it, or joins its other workers."""

    study: Study = Field("augmentation", description="the question")
    trials: int = Field(20, ge=1, le=10_000, description="of the study in all, whoever does them")
    name: str | None = Field(None, description="of this study; empty for the question's own")
    storage: str = Field("sqlite:///optuna.db", description="of studies; or postgresql://...")
    config: str | None = Field(
        None, description="YAML of settings of every trial, a path or runs:/RUN/..."
    )
    data: str | None = Field(None, description="as of the training; empty for the demo")
    format: str | None = Field(None, description="as of the training")
    group: str | None = Field(None, description="as of the training")
    seed: int = Field(0, ge=0, lt=2**31, description="of the proposals")

    def given(self) -> dict[str, Any]:
        """The user's settings of the training."""
        own = {"data": self.data, "format": self.format, "group": self.group}
        given = {name: value for name, value in own.items() if value is not None}
        return {**(read_settings(self.config) if self.config else {}), **given}


def tune(config: TuneConfig) -> None:
    """Does trials until the study has as many as asked for, and prints its answer."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    warnings.filterwarnings("ignore", message="PedAnovaImportanceEvaluator computes")
    question = question_of(config.study)
    given = config.given()
    settings = {**question.base, **given}
    base = question.job.validated(settings)
    space = question.space(base)
    prepared = question.prepare(base)
    name = config.name or config.study
    asked = asked_of(question, base, space, prepared.digest, config.seed)
    default = {setting: getattr(base, setting) for setting in space}
    storage = open_storage(config.storage)
    with storage_errors():
        with locked(config.storage, name, "study"):
            joined = join(storage, name, question, base, space, asked)
        try:
            worker = Worker(config.storage, joined, question, space, settings, prepared)
            worker.work(config.trials)
            with locked(config.storage, name, "study"):
                answer = finish(joined, question, space, given, default)
        finally:
            with locked(config.storage, name, "study"):
                leave(joined)
    print(answer_report(answer))
    if question.entry_point and answer.settings != default:
        best = f"runs:/{joined.run}/{BEST}"
        print(f"take the best: mlflow run . -e {question.entry_point} -P config={best}")
        if question.job is AstConfig:
            print(f"test it: mlflow run . -e confirm -P study={joined.run}")


def question_of(study: Study) -> Question:
    """The question of a study, from the module of its name."""
    question = import_module(f"projects.studies.{study}").QUESTION
    assert isinstance(question, Question)
    return question


if __name__ == "__main__":
    run_entry_point(TuneConfig, tune, experiment="studies")
