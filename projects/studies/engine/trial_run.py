"""A trial as a child run of its study's run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
import pandas as pd
from mlflow.entities import RunTag
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID
from optuna import TrialPruned
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, Trial, TrialState

from projects.errors import UserError

RUN = "run"
"""Attribute of a trial, and of a study: the MLflow run."""

REASON = "reason"
"""Attribute and tag of a trial that failed, or that was stopped early."""

ITEMS = "validation/items.parquet"
STUDY = "study.run"
"""Tag of the run of a trial or of another worker: the study's run."""

NUMBER = "trial.number"
STATE = "trial.state"
FEASIBLE = "trial.feasible"
"""Tag: whether the trial meets the constraints, `yes` or `no`; none where there are none."""

STATUS = {
    TrialState.COMPLETE: "FINISHED",
    TrialState.PRUNED: "KILLED",
    TrialState.FAIL: "FAILED",
}
INTERRUPTED = "interrupted"
WORKER_DIED = "its worker died"
TAKEN_OVER = "its worker was held to be dead, and the trial was begun again"


@contextmanager
def trial_run(trial: Trial, study_run: str, experiment: str) -> Iterator[None]:
    """Opens the child run of a trial and closes it in the trial's state, with the reason.

    Args:
        trial: Just begun.
        study_run: The study's run.
        experiment: Of the study's run, whatever the worker's own.

    Raises:
        UpdateFinishedTrialError: The trial is another worker's by now.
    """
    tags = {STUDY: study_run, NUMBER: str(trial.number)}
    name = f"trial {trial.number}"
    child = mlflow.start_run(nested=True, experiment_id=experiment, run_name=name, tags=tags)
    state, reason = TrialState.FAIL, INTERRUPTED
    try:
        # MLflow makes it the child of the worker's own run.
        mlflow.set_tag(MLFLOW_PARENT_RUN_ID, study_run)
        trial.set_user_attr(RUN, child.info.run_id)
        yield
        state, reason = TrialState.COMPLETE, ""
    except TrialPruned as pruned:
        state, reason = TrialState.PRUNED, str(pruned)
        raise
    except UpdateFinishedTrialError:
        reason = TAKEN_OVER
        raise
    except Exception as error:
        reason = str(error) if isinstance(error, UserError) else repr(error)
        raise
    finally:
        try:
            if reason:
                with suppress(UpdateFinishedTrialError):
                    trial.set_user_attr(REASON, reason)
        finally:
            mlflow.end_run(STATUS[state])
            _tell_state(child.info.run_id, state, reason)


def log_items(items: pd.DataFrame) -> None:
    """Logs the rows that a trial is compared by to the active run."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(ITEMS).name
        items.to_parquet(path, index=False)
        mlflow.log_artifact(str(path), str(Path(ITEMS).parent))


def read_items(run: str) -> pd.DataFrame:
    """What `log_items` logged to a run."""
    with TemporaryDirectory() as folder:
        uri = f"runs:/{run}/{ITEMS}"
        return pd.read_parquet(mlflow.artifacts.download_artifacts(uri, dst_path=folder))


def close_runs(study_run: str, trials: Sequence[FrozenTrial]) -> None:
    """Ends the runs that dead workers left open, their trials' in the trials' states.

    Args:
        study_run: The study's run.
        trials: All of the study, by their numbers.
    """
    client = mlflow.MlflowClient()
    working = any(trial.state == TrialState.RUNNING for trial in trials)
    own = mlflow.active_run()
    for run in _runs_of(client, study_run):
        number = run.data.tags.get(NUMBER)
        if number is None:
            # Of a worker. One that lives ends its run itself, and better, a moment later.
            is_open = run.info.status == "RUNNING" and run.info.run_id != (own and own.info.run_id)
            if is_open and not working:
                client.set_terminated(run.info.run_id, "KILLED")
            continue
        trial = trials[int(number)]
        if trial.state in STATUS and run.info.status != STATUS[trial.state]:
            client.set_terminated(run.info.run_id, STATUS[trial.state])
            _tell_state(run.info.run_id, trial.state, reason_of(trial))


def _runs_of(client: mlflow.MlflowClient, study_run: str) -> Iterator[mlflow.entities.Run]:
    experiments = [each.experiment_id for each in client.search_experiments()]
    token = None
    while token != "":
        page = client.search_runs(
            experiments, f"tags.`{STUDY}` = '{study_run}'", max_results=1000, page_token=token
        )
        yield from page
        token = page.token or ""


def _tell_state(run: str, state: TrialState, reason: str) -> None:
    told = {STATE: state.name.lower(), **({REASON: reason} if reason else {})}
    tags = [RunTag(key, value) for key, value in told.items()]
    mlflow.MlflowClient().log_batch(run, tags=tags)


def reason_of(trial: FrozenTrial) -> str:
    """Why a trial failed or was stopped early; empty for one that did not."""
    if trial.state == TrialState.FAIL:
        return str(trial.user_attrs.get(REASON, WORKER_DIED))
    return str(trial.user_attrs.get(REASON, ""))
