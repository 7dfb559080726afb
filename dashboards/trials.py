"""The trials of a study, from their MLflow runs."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from mlflow.entities import Run, RunStatus

from dashboards.importance import Direction
from dashboards.untrusted import whole_number
from evaluation.bootstrap import Interval

NUMBER, STATE, REASON, FEASIBLE = "trial.number", "trial.state", "reason", "trial.feasible"
"""Tags of a trial's run, see `projects.studies.engine.trial_run`."""

STATES = {"complete": "complete", "pruned": "stopped early", "fail": "failed"}
RUNNING, BROKEN = "running", "broken off"
BOUNDS = ("lower", "upper")

Objectives = Mapping[str, Direction]
"""Name to the direction in which it is better; the first one is what the answer is about."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One trial.

    Attributes:
        run: Its MLflow run.
        number: In the study, from 0; the first is the configuration as it stood.
        state: One of `STATES`' values, `RUNNING` or `BROKEN`.
        settings: Sought, name to number or text.
        values: Of all objectives, in their order; empty unless it is complete.
        measured: What else it measured once, with intervals where there are any.
        feasible: Whether it meets the constraints.
        reason: Why it failed or was stopped, empty where it did not.
    """

    run: Run
    number: int
    state: str
    settings: Mapping[str, Any]
    values: Mapping[str, float]
    measured: Mapping[str, Interval]
    feasible: bool
    reason: str

    @property
    def seconds(self) -> float | None:
        """It took, None while it runs."""
        begun, ended = self.run.info.start_time, self.run.info.end_time
        return None if ended is None else (ended - begun) / 1000


def trials_of(runs: Iterable[Run], objectives: Objectives) -> list[Trial]:
    """The trials among the runs of a study, by their numbers; its workers' runs are left out."""
    found = [
        _trial(run, number, objectives)
        for run in runs
        if (number := whole_number(run.data.tags.get(NUMBER, ""))) is not None
    ]
    return sorted(found, key=lambda each: each.number)


def front(trials: Sequence[Trial], objectives: Objectives) -> list[Trial]:
    """The complete trials than which none is better in all; of those that meet the constraints.

    Where none meets them, of all. The best by the first objective comes first.
    """
    complete = [each for each in trials if each.values]
    allowed = [each for each in complete if each.feasible] or complete
    gains = np.array([_gains(each, objectives) for each in allowed])
    best = [
        (tuple(own), each)
        for own, each in zip(gains, allowed, strict=True)
        if not ((gains >= own).all(axis=1) & (gains > own).any(axis=1)).any()
    ]
    return [each for _, each in sorted(best, key=lambda pair: pair[0], reverse=True)]


def _trial(run: Run, number: int, objectives: Objectives) -> Trial:
    tags, metrics = run.data.tags, run.data.metrics
    state = STATES.get(tags.get(STATE, "")) or _unended(run)
    values = {name: metrics.get(name, math.nan) for name in objectives}
    whole = state == STATES["complete"] and all(map(math.isfinite, values.values()))
    return Trial(
        run,
        number,
        state,
        {name: _read(value) for name, value in sorted(run.data.params.items())},
        values if whole else {},
        {name: each for name, each in _measured(metrics).items() if name not in objectives},
        tags.get(FEASIBLE) != "no",
        tags.get(REASON, ""),
    )


def _unended(run: Run) -> str:
    is_running = run.info.status == RunStatus.to_string(RunStatus.RUNNING)
    return RUNNING if is_running else BROKEN


def _read(value: str) -> int | float | str:
    """A setting as it was before MLflow made a text of it."""
    for kind in (int, float):
        try:
            number = kind(value)
            return number if math.isfinite(number) else value
        except (ValueError, OverflowError):
            continue
    return value


def _measured(metrics: Mapping[str, float]) -> dict[str, Interval]:
    """What was measured at the end: the metrics of its steps have dotted names."""
    return {
        name: Interval(value, *(metrics.get(f"{name}.{bound}") for bound in BOUNDS))
        for name, value in sorted(metrics.items())
        if "." not in name
    }


def _gains(trial: Trial, objectives: Objectives) -> list[float]:
    """The values, turned so that more is better."""
    return [
        value if objectives[name] == "maximize" else -value for name, value in trial.values.items()
    ]
