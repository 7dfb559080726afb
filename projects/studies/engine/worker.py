"""A worker: one trial after the other, until the study has as many as were asked for."""

import logging
import math
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import mlflow
from optuna import TrialPruned
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import Trial, TrialState

from projects.errors import UserError
from projects.studies.engine.account import check_hopeful, is_left, revive, running
from projects.studies.engine.join import Joined, reopen
from projects.studies.engine.question import Outcome, Prepared, Question, Report
from projects.studies.engine.space import Space, grid, proposed
from projects.studies.engine.trial_run import FEASIBLE, TAKEN_OVER, log_items, trial_run
from registry.lock import locked

MEASURED = "measured"
"""Attribute of a trial: what it measured beside its objectives."""

STEP = "step"
"""Attribute of a trial: the last step that it reported."""

POLL_SECONDS = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Worker:
    """All that a worker needs.

    Attributes:
        url: Of the storage, where the lock is.
        joined: The study.
        question: That it asks.
        space: That it seeks in.
        settings: Of all trials, by name.
        prepared: Does a trial.
    """

    url: str
    joined: Joined
    question: Question
    space: Space
    settings: Mapping[str, Any]
    prepared: Prepared

    def work(self, total: int) -> None:
        """Does trials until the study has `total`, and waits for those of other workers.

        Args:
            total: Trials of the study, whoever does them; no more than there are combinations
                where all of them are tried.

        Raises:
            UserError: The first trials all failed, or the study's run is gone.
        """
        if self.question.exhaustive:
            total = min(total, len(grid(self.space)))
        waited_for = 0
        while others := self._turn(total):
            if others != waited_for:
                logger.info("waiting for %d trials of other workers", others)
            waited_for = others
            time.sleep(POLL_SECONDS)

    def _turn(self, total: int) -> int:
        """Does trials while one is left, then returns how many other workers are at."""
        study = self.joined.study
        while True:
            with ExitStack() as turn:
                turn.enter_context(locked(self.url, study.study_name, "study"))
                revive(study)
                trials = study.get_trials(deepcopy=False)
                if not is_left(trials, total):
                    return running(trials)
                check_hopeful(trials)
                reopen(study.study_name, self.joined.run)
                self._another(turn)

    def _another(self, turn: ExitStack) -> None:
        """Does a trial; it is chosen under the study's lock, which `turn` holds, and done without.

        A trial without a run was left by a worker that died under the lock, see `revive`: so the
        lock is kept until it has one, and before that it has its first heartbeat.
        """
        begun: list[Trial] = []

        def objective(trial: Trial) -> list[float]:
            begun.append(trial)
            self.joined.storage.record_heartbeat(trial._trial_id)
            with trial_run(trial, self.joined.run, self.joined.experiment):
                turn.close()
                return self._told(trial)

        study = self.joined.study
        try:
            study.optimize(objective, n_trials=1, catch=(Exception,))
        except (ValueError, UpdateFinishedTrialError):
            # Optuna tells the outcome of no trial that is over already.
            if not begun or _state(begun[0]) != TrialState.FAIL:
                raise
            logger.warning("%s: %s", _name(begun[0]), TAKEN_OVER)

    def _told(self, trial: Trial) -> list[float]:
        try:
            values = self._try_out(trial)
            logger.info("%s: %s", _name(trial), self.question.described(values))
        except TrialPruned as pruned:
            logger.info("%s: stopped early, %s", _name(trial), pruned)
            raise
        except UpdateFinishedTrialError:
            raise
        except Exception as error:
            logger.warning("%s: failed: %s", _name(trial), error)
            raise
        return values

    def _try_out(self, trial: Trial) -> list[float]:
        settings = proposed(trial, self.space)
        mlflow.log_params(settings)
        logger.info("%s: %s", _name(trial), settings)
        config = self.question.job.validated({**self.settings, **settings})
        outcome = self.prepared.try_out(config, self._reporter(trial))
        _check_finite(outcome)
        mlflow.log_metrics({**outcome.values, **outcome.measured})
        log_items(outcome.items)
        trial.set_user_attr(MEASURED, dict(outcome.measured))
        for name, value in outcome.constraints.items():
            trial.set_constraint(name, value)
        if outcome.constraints:
            met = all(value <= 0 for value in outcome.constraints.values())
            mlflow.set_tag(FEASIBLE, "yes" if met else "no")
        return [outcome.values[name] for name in self.question.objectives]

    def _reporter(self, trial: Trial) -> Report:
        watched = self.question.watched

        def report(values: Mapping[str, float], step: int) -> None:
            mlflow.log_metrics(dict(values), step=step)
            # Refused where the trial is another worker's by now: then it need not go on.
            trial.set_user_attr(STEP, step)
            if watched:
                trial.report(values[watched], step)
                if trial.should_prune():
                    raise TrialPruned(f"at {step} with {watched} {values[watched]:.3f}")

        return report


def _name(trial: Trial) -> str:
    return f"trial {trial.number}"


def _state(trial: Trial) -> TrialState:
    return trial.study.get_trials(deepcopy=False)[trial.number].state


def _check_finite(outcome: Outcome) -> None:
    for name, value in outcome.values.items():
        if not math.isfinite(value):
            raise UserError(f"{name}: expected a finite value, got {value}")
