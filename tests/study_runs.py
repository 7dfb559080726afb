"""Runs of studies and trials as `projects.studies.engine` leaves them, without Optuna."""

import json

from mlflow.entities import Metric, Param, RunTag
from toy_study import QUALITY


def study_run(store, objectives=None, **tags: str) -> str:
    """The run of a study, at work."""
    experiment = store.get_experiment_by_name("studies")
    where = experiment.experiment_id if experiment else store.create_experiment("studies")
    run = store.create_run(where, run_name="a study").info.run_id
    store.log_param(run, "config.trials", "20")
    told = {"study.name": "hill", "study.question": "Where is the top?", **tags}
    told["study.objectives"] = json.dumps(
        {QUALITY: "maximize"} if objectives is None else objectives
    )
    store.log_batch(run, tags=[RunTag(*each) for each in told.items()])
    return run


def trial(store, study: str, number: int, settings=None, state="complete", reason="", **values):
    """The run of a trial."""
    experiment = store.get_run(study).info.experiment_id
    run = store.create_run(experiment, run_name=f"trial {number}").info.run_id
    told = {"study.run": study, "trial.number": str(number), "trial.state": state}
    told |= {"reason": reason} if reason else {}
    store.log_batch(
        run,
        [Metric(name.replace("__", "."), value, 0, 0) for name, value in values.items()],
        [Param(name, str(value)) for name, value in (settings or {}).items()],
        [RunTag(*each) for each in told.items()],
    )
    store.set_terminated(run, {"complete": "FINISHED", "pruned": "KILLED"}.get(state, "FAILED"))
    return run
