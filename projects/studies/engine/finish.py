"""What a study leaves in its run: answer, table, figures, and the best configuration."""

from collections.abc import Mapping
from typing import Any

import mlflow
import yaml
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE
from optuna.trial import TrialState

from projects.studies.engine.account import running
from projects.studies.engine.answer import STATES, Answer, answer_of, answer_report
from projects.studies.engine.figures import figures_page
from projects.studies.engine.join import Joined
from projects.studies.engine.question import Question
from projects.studies.engine.space import Space
from projects.studies.engine.trial_run import close_runs

FOLDER = "study"
BEST, DEFAULT = f"{FOLDER}/best.yaml", f"{FOLDER}/default.yaml"
ENTRY_POINT = "study.entry_point"
"""Tag of the study's run: what takes those configurations."""


def finish(
    joined: Joined,
    question: Question,
    space: Space,
    given: Mapping[str, Any],
    default: Mapping[str, Any],
) -> Answer:
    """Writes what came of a study into its run; again after every addition.

    Args:
        joined: The study.
        question: That it asks.
        space: That it sought in.
        given: The user's own settings, which go into the best configuration.
        default: The settings that were sought, as they stood before.

    Raises:
        UserError: No trial is complete.
    """
    study, run, client = joined.study, joined.run, mlflow.MlflowClient()
    answer = answer_of(study, question, space)
    client.set_tag(run, MLFLOW_RUN_NOTE, answer.text)
    client.log_text(run, answer_report(answer), f"{FOLDER}/answer.md")
    client.log_text(run, answer.trials.to_csv(index=False), f"{FOLDER}/trials.csv")
    client.log_text(run, figures_page(study, question, space), f"{FOLDER}/figures.html")
    if question.entry_point:
        for file, settings in ((BEST, answer.settings), (DEFAULT, default)):
            client.log_text(run, _settings_file({**given, **settings}, question), file)
        client.set_tag(run, ENTRY_POINT, question.entry_point)
    for name, value in zip(question.objectives, answer.best.values, strict=True):
        client.log_metric(run, f"best.{name}", value)
    for state in STATES.values():
        count = float((answer.trials["state"] == state).sum())
        client.log_metric(run, f"trials.{state.replace(' ', '_')}", count)
    return answer


def leave(joined: Joined) -> None:
    """Ends the runs of dead workers' trials and, where nobody is at one any more, the study's.

    To be called under the study's lock, whether there was an answer or not.

    Args:
        joined: The study.
    """
    trials = joined.study.get_trials(deepcopy=False)
    close_runs(joined.run, trials)
    if not running(trials):
        came = any(trial.state == TrialState.COMPLETE for trial in trials)
        mlflow.MlflowClient().set_terminated(joined.run, "FINISHED" if came else "FAILED")


def _settings_file(settings: Mapping[str, Any], question: Question) -> str:
    known = {name: value for name, value in settings.items() if name not in question.own}
    return yaml.safe_dump(known, sort_keys=False)
