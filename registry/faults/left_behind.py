"""Runs that still say RUNNING long after whatever wrote them was killed."""

import os
import time
from collections.abc import Iterator

import mlflow

from registry.chain import EXPERIMENT
from registry.faults.fault import Fault


def left_behind(stale_hours: float) -> Iterator[Fault]:
    """Looks through all experiments but that of the decisions.

    Args:
        stale_hours: After which a run that is still RUNNING counts as left behind.
    """
    experiments = (each for each in mlflow.search_experiments() if each.name != EXPERIMENT)
    names = {each.experiment_id: each.name for each in experiments}
    if not names:
        return
    now = time.time()
    stale = 1000 * (now - 3600 * stale_hours)
    runs = mlflow.search_runs(
        list(names),
        filter_string=f"status = 'RUNNING' AND start_time < {stale:.0f}",
        output_format="list",
    )
    for run in runs:
        if run.info.run_id == os.environ.get("MLFLOW_RUN_ID"):
            continue
        yield Fault(
            names[run.info.experiment_id],
            f"RUNNING for {(now - run.info.start_time / 1000) / 3600:.0f} h",
            f"run {run.info.run_id}",
            f"if nothing works on it: mlflow runs delete --run-id {run.info.run_id}",
        )
