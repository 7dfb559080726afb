"""Studies, and what came of one."""

from typing import Any

from flask import render_template, request
from mlflow import MlflowClient

from dashboards.readers import check_runs
from dashboards.studies import LISTED, known_studies
from dashboards.study_charts import (
    front_figures,
    history_figure,
    importance_figure,
    importance_of,
    short,
)
from dashboards.tried import Tried, tried
from evaluation.comparison.cells import duration
from projects.errors import UserError


def studies() -> str:
    """All studies, the newest first."""
    return render_template("studies.html", studies=known_studies(), listed=LISTED, short=short)


def study() -> str:
    """One study: its answer, and its trials."""
    run_id = request.args.get("run", "")
    if not run_id:
        raise UserError("expected run=..., the run of a study: choose one on the page of studies")
    run = MlflowClient().get_run(run_id)
    check_runs(run.info.experiment_id)
    return render_template("study.html", **shown(tried(run)))


def shown(found: Tried) -> dict[str, Any]:
    """All that the page of a study is made of."""
    columns = {
        "settings": list(dict.fromkeys(name for each in found.trials for name in each.settings)),
        "measured": list(dict.fromkeys(name for each in found.trials for name in each.measured)),
    }
    return {"tried": found, "short": short, "took": duration, "columns": columns, **figures(found)}


def figures(found: Tried) -> dict[str, Any]:
    """What can be drawn of a study; nothing of one without a complete trial."""
    objectives = found.study.objectives
    if not objectives or not found.front:
        return {}
    first, direction = next(iter(objectives.items()))
    importance = importance_of(found.trials, objectives)
    return {
        "history": history_figure(found.trials, first, direction),
        "fronts": front_figures(found.trials, found.front, objectives),
        "importance": importance,
        "importance_chart": importance_figure(importance) if importance else None,
    }
