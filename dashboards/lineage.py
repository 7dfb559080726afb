"""Where a version comes from: its runs, what they ran on, and with what parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_GIT_COMMIT

from dashboards.readers import may_read_runs

STUDY, TRIAL = "study.run", "trial.number"
"""Tags of a trial's run, see `projects.studies.engine.trial_run`."""


@dataclass(frozen=True)
class Source:
    """One run and what it says of itself.

    Attributes:
        run: That it is.
        datasets: Context, as train or test, to digest.
        parameters: Name to value, in alphabetical order.
        study: The run of the study that it is a trial of, empty for none.
        trial: Its number there.
    """

    run: Run
    datasets: Mapping[str, str]
    parameters: Mapping[str, str]
    study: str
    trial: str

    @property
    def commit(self) -> str:
        """Of the code, empty where it is not known."""
        return self.run.data.tags.get(MLFLOW_GIT_COMMIT, "")


def source(run_id: str | None) -> Source | None:
    """A run; None where there is none, it is gone, or the asker may not read it."""
    run = _run(run_id)
    if run is None or not may_read_runs(run.info.experiment_id):
        return None
    tags = run.data.tags
    return Source(
        run,
        _datasets(run),
        dict(sorted(run.data.params.items())),
        tags.get(STUDY, ""),
        tags.get(TRIAL, ""),
    )


def _run(run_id: str | None) -> Run | None:
    if not run_id:
        return None
    try:
        return MlflowClient().get_run(run_id)
    except MlflowException as error:
        # Over HTTP the server says itself who may read it.
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "PERMISSION_DENIED"):
            raise
        return None


def _datasets(run: Run) -> dict[str, str]:
    found = {}
    for each in run.inputs.dataset_inputs:
        context = next((tag.value for tag in each.tags if tag.key == "mlflow.data.context"), "")
        found[context or each.dataset.name] = each.dataset.digest
    return found
