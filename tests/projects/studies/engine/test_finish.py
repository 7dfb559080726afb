"""What a study leaves behind can be read by those who were not there."""

import io
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from optuna.trial import TrialState
from toy_study import QUALITY, begin, climb, failing_as_it_stood, toy

from projects.errors import UserError
from projects.species.train_ast import AstConfig
from projects.studies.engine.finish import BEST, DEFAULT, finish, leave
from projects.studies.engine.space import Choice, Real

AST_SPACE = {"mixup_alpha": Real(0.1, 4, log=True), "masks": Choice((1, 2, 3))}


def of_ast(config, report):
    return climb(toy().job(x=min(config.mixup_alpha / 4, 1)), report)


def test_the_best_configuration_is_a_file_that_train_ast_takes(url, worker_run):
    """What a night of trials found would have to be typed over from a table."""
    question = toy(of_ast, job=AstConfig, space=lambda config: AST_SPACE, base={"epochs": 3})
    worker = begin(url, question, mixup_probability=0.5)
    worker.work(8)
    given, default = {"mixup_probability": 0.5}, {"mixup_alpha": 0.4, "masks": 2}
    answer = finish(worker.joined, question, AST_SPACE, given, default)
    as_typed = {name: str(field.default) for name, field in AstConfig.model_fields.items()}
    typed = {name: "" if value == "None" else value for name, value in as_typed.items()}
    typed["config"] = f"runs:/{worker_run}/{BEST}"
    options = [word for name, value in typed.items() for word in (f"--{name}", value)]
    best = AstConfig.parse(options)
    assert best.mixup_alpha == answer.settings["mixup_alpha"] != 0.4
    assert (best.masks, best.mixup_probability) == (answer.settings["masks"], 0.5)
    assert best.epochs == AstConfig().epochs
    stood = AstConfig.validated({"config": f"runs:/{worker_run}/{DEFAULT}"})
    assert (stood.mixup_alpha, stood.mixup_probability) == (0.4, 0.5)


def test_the_run_holds_answer_table_figures_and_counts(url, worker_run):
    worker = begin(url, toy(failing_as_it_stood("no memory")))
    worker.work(3)
    answer = finish(worker.joined, toy(), toy().space(None), {}, {})
    run = mlflow.get_run(worker_run)
    assert run.data.tags["mlflow.note.content"] == answer.text
    assert run.data.metrics[f"best.{QUALITY}"] == answer.best.value
    counts = {name: run.data.metrics[f"trials.{name}"] for name in ("complete", "failed")}
    assert counts == {"complete": 2, "failed": 1}
    assert run.data.metrics["trials.stopped_early"] == 0
    folder = Path(mlflow.artifacts.download_artifacts(f"runs:/{worker_run}/study"))
    assert {path.name for path in folder.iterdir()} >= {"answer.md", "figures.html", "best.yaml"}
    table = pd.read_csv(io.StringIO((folder / "trials.csv").read_text()))
    assert list(table["reason"].fillna("")) == ["no memory", "", ""]


@pytest.mark.parametrize(("works", "status"), [(True, "FINISHED"), (False, "FAILED")])
def test_whoever_is_last_ends_the_studys_run_though_its_own_worker_is_dead(url, works, status):
    """The study would be at work for ever in the UI."""

    def tries(config, report):
        if works:
            return climb(config, report)
        raise UserError("no memory")

    client = mlflow.MlflowClient()
    with mlflow.start_run() as first:
        begin(url, toy(tries))
    client.update_run(first.info.run_id, status="RUNNING")  # As SIGKILL leaves it.
    with mlflow.start_run():
        worker = begin(url, toy(tries))
        worker.joined.study.ask().set_user_attr("run", "of a third worker, at work")
        leave(worker.joined)
        assert client.get_run(first.info.run_id).info.status == "RUNNING"
        worker.joined.study.tell(0, state=TrialState.FAIL)
        worker.work(1)
        leave(worker.joined)
    assert client.get_run(first.info.run_id).info.status == status
