"""What a study answers: the best trial beside the configuration as it stood, with an interval."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from evaluation.findings import paired
from evaluation.markdown import markdown_table
from evaluation.noise import in_words
from projects.errors import UserError
from projects.studies.engine.account import FailedStudyError, counted
from projects.studies.engine.question import Question
from projects.studies.engine.space import Space, read_back
from projects.studies.engine.trial_run import RUN, read_items, reason_of
from projects.studies.engine.worker import MEASURED

STATES = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "stopped early",
    TrialState.FAIL: "failed",
}


LAST = ["seconds", "reason", "run"]
"""Columns of the table of trials that stand behind what was measured."""

SMALL = 0.01
"""Below it, a number in the table is rounded to digits that count."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of a study.

    Attributes:
        question: That was asked.
        trials: One row a trial, in the order of their numbers.
        best: The trial of the best quality, of those on the front.
        settings: Of the best trial.
        feasible: Whether the best trial meets the constraints; else none does.
        text: The answer, a paragraph.
    """

    question: Question
    trials: pd.DataFrame
    best: FrozenTrial
    settings: dict[str, Any]
    feasible: bool
    text: str


def answer_of(study: Study, question: Question, space: Space) -> Answer:
    """Finds the best trial, compares it with the first, and says so.

    Raises:
        FailedStudyError: No trial is complete.
    """
    everything = counted(study.get_trials(deepcopy=False))
    trials = [trial for trial in everything if trial.state != TrialState.WAITING]
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    if not complete:
        reasons = "; ".join(dict.fromkeys(reason for reason in map(reason_of, trials) if reason))
        raise FailedStudyError(f"no trial of study {study.study_name!r} came to its end: {reasons}")
    feasible = bool(study.best_trials)
    front = study.best_trials or _undominated(complete, question)
    best = max(front, key=lambda trial: question.gains(trial.values)[0])
    settings = read_back(best.params, space)
    rows = pd.DataFrame([_row(trial, question, space) for trial in trials])
    rows = rows[[*rows.columns.drop(LAST), *LAST]]
    if question.tell:
        done = rows[rows["state"] == STATES[TrialState.COMPLETE]]
        told = [f"Of {_how_many(trials)}:", question.tell(done)]
    else:
        told = [
            f"Of {_how_many(trials)},",
            _constraints(feasible),
            _found(best, settings, question),
            _beside(trials[0], best, question),
            _front(front, question, space),
        ]
    text = " ".join([question.text, *told])
    return Answer(question, rows, best, settings, feasible, " ".join(text.split()))


def answer_report(answer: Answer) -> str:
    """The answer and all trials as Markdown."""
    rows = answer.trials.astype(object).map(_cell)
    return f"{answer.text}\n\n{markdown_table(list(rows), rows.to_numpy().tolist())}\n"


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    if not isinstance(value, float):
        return str(value)
    # A learning rate is no zero, and a number of weights has no exponent.
    return f"{value:.3g}" if 0 < abs(value) < SMALL else str(round(value, 4))


def _undominated(trials: list[FrozenTrial], question: Question) -> list[FrozenTrial]:
    """The Pareto front where no trial meets the constraints; Optuna gives none then."""
    gains = [question.gains(trial.values) for trial in trials]

    def is_beaten(own: list[float]) -> bool:
        return any(
            other != own and all(a >= b for a, b in zip(other, own, strict=True)) for other in gains
        )

    return [trial for trial, own in zip(trials, gains, strict=True) if not is_beaten(own)]


def _how_many(trials: list[FrozenTrial]) -> str:
    states = Counter(STATES[trial.state] for trial in trials if trial.state in STATES)
    found = ", ".join(f"{count} {state}" for state, count in states.items())
    return f"{len(trials)} trials ({found})"


def _constraints(met: bool) -> str:
    return "" if met else "none of which meets the constraints,"


def _found(best: FrozenTrial, settings: dict[str, Any], question: Question) -> str:
    named = ", ".join(f"{name}={_short(value)}" for name, value in settings.items())
    return (
        f"trial {best.number} has the best {question.quality} on the validation recordings: "
        f"{question.described(best.values)}, with {named}."
    )


def _beside(first: FrozenTrial, best: FrozenTrial, question: Question) -> str:
    if first.number == best.number:
        return "That is the configuration as it stood: no trial was better."
    if first.state != TrialState.COMPLETE:
        state = STATES.get(first.state, first.state.name.lower())
        return f"The configuration as it stood (trial {first.number}) {state}: {reason_of(first)}."
    stood = f"The configuration as it stood (trial {first.number}) has"
    stood = f"{stood} {question.described(first.values)}."
    try:
        difference = _difference(first, best, question)
    except UserError as error:
        return f"{stood} The two cannot be compared clip by clip: {error}."
    return (
        f"{stood} On the same recordings {question.quality} differs by {difference}. "
        "The best of several trials on the same recordings flatters itself."
    )


def _difference(first: FrozenTrial, best: FrozenTrial, question: Question) -> str:
    ours, theirs = (read_items(trial.user_attrs[RUN]) for trial in (best, first))
    difference = paired(question.kind, ours, theirs, question.quality)
    return in_words(difference, theirs["group"].nunique())


def _front(front: list[FrozenTrial], question: Question, space: Space) -> str:
    if len(question.objectives) == 1:
        return ""
    members = "; ".join(
        f"trial {trial.number}: {question.described(trial.values)} ("
        + ", ".join(f"{n}={_short(v)}" for n, v in read_back(trial.params, space).items())
        + ")"
        for trial in front
    )
    return f"On the Pareto front of {', '.join(question.objectives)}: {members}."


def _row(trial: FrozenTrial, question: Question, space: Space) -> dict[str, Any]:
    is_complete = trial.state == TrialState.COMPLETE
    seconds = trial.duration.total_seconds() if trial.duration else None
    return {
        "trial": trial.number,
        "state": STATES.get(trial.state, trial.state.name.lower()),
        **read_back(trial.params, space),
        **(dict(zip(question.objectives, trial.values, strict=True)) if is_complete else {}),
        **trial.user_attrs.get(MEASURED, {}),
        "seconds": seconds,
        "reason": reason_of(trial),
        "run": trial.user_attrs.get(RUN, ""),
    }


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
