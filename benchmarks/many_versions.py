"""A store as it looks after months: many runs, and versions with evidence about each."""

import os
import shutil
import sqlite3
from contextlib import chdir, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.entities.model_registry import ModelVersion
from tqdm import tqdm

from evaluation.bootstrap import dotted, intervals
from evaluation.classification import METRICS
from evaluation.findings import Findings, by_class
from evaluation.gates.reader import load_gate
from evaluation.predictions import Predictions
from projects.errors import UserError
from registry.dossier import METRICS_PREFIX, TAG, write_dossier
from registry.promotion import Asked, promote

EXPERIMENT, DATASET = "trainings", "d" * 36
MODELS, LABELS, CLIPS, RESAMPLES = 5, 10, 200, 100
DONE = "done"
SHARED = 2
"""Runs that are no version's: one is copied, one is the model's."""

RUN_TABLES = ("runs", "params", "metrics", "latest_metrics", "tags")

MODEL = """
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class Loudest(PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        return [max(text, default="") for text in model_input]


set_model(Loudest())
"""


def many_versions(root: Path, runs: int, versions: int) -> Path:
    """Makes a store, unless it is there; what a killed process left of one is removed.

    Args:
        root: Folder of all such stores; each has its own, named by its sizes.
        runs: In it, without those of decisions.
        versions: Of them registered and evaluated, all on one test set; the first of each of
            `MODELS` models is decided about.

    Returns:
        The store's folder, with `mlflow.db` and artifacts.

    Raises:
        UserError: There are fewer runs than versions need.
    """
    if versions > runs - SHARED:
        raise UserError(
            f"versions: expected at most {runs - SHARED} of {runs} runs, got {versions}"
        )
    # Not filled elsewhere and renamed: the database has the paths of its artifacts.
    folder = root / f"{runs}-{versions}"
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
    if (folder / DONE).exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _fill(folder, runs, versions)
    (folder / DONE).touch()
    return folder


def _fill(folder: Path, runs: int, versions: int) -> None:
    # Artifacts go where the process is.
    with chdir(folder):
        client = MlflowClient()
        experiment = client.create_experiment(EXPERIMENT)
        _copy(folder / "mlflow.db", _trained(client, experiment), runs - versions - SHARED)
        model = log_loudest(experiment)
        for place in tqdm(range(versions), desc="versions", unit="version"):
            version = _version(client, experiment, model, place)
            if place < MODELS:
                promote(Asked(version.name, str(version.version), "benchmark"))


def _trained(client: MlflowClient, experiment: str) -> str:
    run_id = client.create_run(experiment).info.run_id
    metrics = [Metric(f"validation.{metric}", 0.5, 0, 0) for metric in METRICS]
    settings = [Param(f"config.setting_{place}", str(place)) for place in range(20)]
    client.log_batch(run_id, metrics, settings)
    client.set_terminated(run_id)
    return run_id


def _copy(database: Path, run_id: str, count: int) -> None:
    """Adds runs that are like one; through MLflow it would take minutes."""
    copies = [uuid4().hex for _ in range(count)]
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in RUN_TABLES:
            where = f"SELECT * FROM {table} WHERE run_uuid = ?"
            for row in connection.execute(where, [run_id]).fetchall():
                rows = [
                    [each.replace(run_id, copy) if isinstance(each, str) else each for each in row]
                    for copy in copies
                ]
                marks = ", ".join("?" * len(row))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _version(client: MlflowClient, experiment: str, model: str, place: int) -> ModelVersion:
    name = f"model {place % MODELS}"
    if place < MODELS:
        client.create_registered_model(name)
    run_id = _trained(client, experiment)
    version = client.create_model_version(name, f"models:/{model}", run_id, model_id=model)
    answers = _answers(place)
    measured = intervals(answers, METRICS, resamples=RESAMPLES)
    findings = Findings(
        "classification", DATASET, measured, answers.to_table(), 0.01, by_class(answers)
    )
    values = dotted(measured, METRICS_PREFIX).items()
    client.log_batch(run_id, [Metric(metric, value, 0, 0) for metric, value in values])
    reference = write_dossier(run_id, version, findings, load_gate("default"))
    client.set_model_version_tag(name, version.version, TAG, reference)
    return version


def _answers(seed: int) -> Predictions:
    random = np.random.default_rng(seed)
    truth = np.arange(CLIPS) % LABELS
    scores = random.normal(size=(CLIPS, LABELS)) + 3 * (truth[:, None] == np.arange(LABELS))
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return Predictions(_named("clip", CLIPS), _groups(), truth, shares, _named("label", LABELS))


def _named(what: str, count: int) -> list[str]:
    return [f"{what} {place:03}" for place in range(count)]


def _groups() -> list[str]:
    return [f"recordist {clip % 20}" for clip in range(CLIPS)]


def log_loudest(experiment: str) -> str:
    """Logs a model that many versions can share, and gives its id."""
    with TemporaryDirectory() as temporary, mlflow.start_run(experiment_id=experiment):
        code = Path(temporary) / "loudest.py"
        code.write_text(MODEL)
        logged = mlflow.pyfunc.log_model(
            name="loudest",
            python_model=str(code),
            code_paths=[str(code)],
            pip_requirements=[],
            input_example=["some sound"],
        )
    return str(logged.model_id)
