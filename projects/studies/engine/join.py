"""How a worker comes to a study: it begins it, or takes its place beside the others."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mlflow
import optuna
from mlflow.entities import RunTag
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID
from optuna.samplers import BaseSampler, GPSampler
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from projects.config import Config
from projects.errors import UserError
from projects.studies.engine.question import Question
from projects.studies.engine.sampler import NumberedSampler
from projects.studies.engine.space import Space, grid, stored
from projects.studies.engine.trial_run import RUN, STUDY
from projects.tracking import active_run_id

ASKED = "asked"
"""Attribute of a study: all that its trials share."""

SEED = "seed of proposals"

NAME, TEXT, OBJECTIVES = "study.name", "study.question", "study.objectives"
"""Tags of the study's run, for those who look at it; the last one JSON, name to direction."""

WHERE_ONLY = {"data", "store", "backend", "scheduler", "workers", "config", "model_name", "gate"}
"""Settings that may differ between workers of a study."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Joined:
    """A worker's place in a study.

    Attributes:
        storage: Holds the study.
        study: Optuna's.
        run: The study's MLflow run, the parent of its trials'.
        experiment: Of that run.
    """

    storage: RDBStorage
    study: optuna.Study
    run: str
    experiment: str


def asked_of(
    question: Question, config: Config, space: Space, digest: str, seed: int
) -> dict[str, Any]:
    """What workers of one study must agree on, as JSON values by name.

    Args:
        question: That is asked.
        config: Of all trials.
        space: That is sought in: what is kept of a trial is read by it.
        digest: Of the data.
        seed: Of the proposals; the configuration may have one of its own.
    """
    return {
        "question": question.text,
        "objectives": dict(question.objectives),
        "space": {name: str(each) for name, each in space.items()},
        "data": digest,
        SEED: seed,
        **config.model_dump(mode="json", exclude=WHERE_ONLY),
    }


def join(
    storage: RDBStorage,
    name: str,
    question: Question,
    config: Config,
    space: Space,
    asked: Mapping[str, Any],
) -> Joined:
    """Begins a study in the active run, or joins the one of that name.

    To be called under the study's lock. The first trial is the configuration as it stands.

    Args:
        storage: Holds the study.
        name: Of the study.
        question: That it asks.
        config: Of all trials.
        space: That it seeks in.
        asked: See `asked_of`.

    Raises:
        UserError: The study of that name asks something else or was not begun by a worker, or its
            run is not in this tracking store.
    """
    first = stored(config.model_dump(), space)
    study = _opened(storage, name, question, config, asked[SEED])
    if RUN not in study.user_attrs:
        # Of one that was killed just here nothing is kept: it may have asked something else.
        _check_unbegun(study)
        optuna.delete_study(study_name=name, storage=storage)
        study = _opened(storage, name, question, config, asked[SEED])
        study.set_user_attr(ASKED, dict(asked))
        study.set_metric_names(list(question.objectives))
        for params in (first, *(grid(space) if question.exhaustive else [])):
            study.enqueue_trial(params, skip_if_exists=True)
        # Last: a study that has it was begun to its end.
        study.set_user_attr(RUN, active_run_id())
    _check_same(name, study.user_attrs[ASKED], asked)
    run = study.user_attrs[RUN]
    reopen(name, run)
    _introduce(run, name, question)
    _take_place(name, run)
    return Joined(storage, study, run, mlflow.get_run(run).info.experiment_id)


def reopen(name: str, run: str) -> None:
    """Says in MLflow that a study is at work, whoever of its workers has ended.

    Args:
        name: Of the study.
        run: Its run.

    Raises:
        UserError: MLflow does not have it, or not any more.
    """
    try:
        mlflow.MlflowClient().update_run(run, status="RUNNING")
    except MlflowException as error:
        raise UserError(
            f"study {name!r} has its run {run} not here ({error.message}): restore it, set "
            "MLFLOW_TRACKING_URI to where it was begun, or give the new study a name of its own"
        ) from None


def _opened(
    storage: RDBStorage, name: str, question: Question, config: Config, seed: int
) -> optuna.Study:
    return optuna.create_study(
        study_name=name,
        storage=storage,
        directions=list(question.objectives.values()),
        sampler=NumberedSampler(_sampler, seed),
        pruner=question.pruner(config),
        load_if_exists=True,
    )


def _sampler(seed: int) -> BaseSampler:
    return GPSampler(seed=seed)


def _check_unbegun(study: optuna.Study) -> None:
    if any(trial.state != TrialState.WAITING for trial in study.get_trials(deepcopy=False)):
        raise UserError(
            f"study {study.study_name!r} is in the storage already, and was not begun by tune: "
            "give the new study a name of its own"
        )


def _check_same(name: str, there: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    for key in {**there, **asked}:
        if there.get(key) != asked.get(key):
            raise UserError(
                f"study {name!r} was begun with {key}={there.get(key)!r}, now it is "
                f"{asked.get(key)!r}: set it back, or give the new study a name of its own"
            )


def _introduce(run: str, name: str, question: Question) -> None:
    told = {NAME: name, TEXT: question.text, OBJECTIVES: json.dumps(dict(question.objectives))}
    mlflow.MlflowClient().log_batch(run, tags=[RunTag(*each) for each in told.items()])


def _take_place(name: str, run: str) -> None:
    own = active_run_id()
    if run == own:
        return
    tags = [RunTag(MLFLOW_PARENT_RUN_ID, run), RunTag(STUDY, run)]
    mlflow.MlflowClient().log_batch(own, tags=tags)
    logger.info("joining study %s, run %s", name, run)
