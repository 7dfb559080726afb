"""Registered versions with evidence about them, without sound and without training."""

from collections.abc import Mapping
from functools import cache

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from benchmarks.many_versions import log_loudest
from evaluation.bootstrap import Interval, intervals
from evaluation.classification import METRICS
from evaluation.findings import Findings
from evaluation.gates.gate import Gate
from evaluation.gates.reader import parse_gate
from evaluation.predictions import Predictions
from registry.dossier import METRICS_PREFIX, TAG, write_dossier
from registry.entry import Entry

GATE = parse_gate(
    "name: test\n"
    'rules: [{metric: accuracy, pass: "> 0.5", stop: "< 0.2"}]\n'
    "champion: {metric: macro_f1, margin: 0.02}\n",
    "the tests' gate",
)
DATASET = "d" * 36
EXPERIMENT = "trainings"


def predictions(accuracy: float, clips: int = 60) -> Predictions:
    """Answers on clips of three labels, the clips of every twelfth by one recordist.

    Of two of these, the more accurate one is right wherever the other is.
    """
    truth = np.arange(clips) % 3
    order = np.random.default_rng(0).permutation(clips)
    right = order < round(accuracy * clips)
    answers = np.where(right, truth, (truth + 1) % 3)
    return Predictions(
        [f"clip {clip:03}" for clip in range(clips)],
        [f"recordist {clip % 12}" for clip in range(clips)],
        truth,
        np.where(np.arange(3) == answers[:, None], 0.9, 0.05),
        ["blackbird", "robin", "wren"],
    )


def findings(
    accuracy: float,
    dataset: str = DATASET,
    clips: int = 60,
    metrics: Mapping[str, Interval] | None = None,
) -> Findings:
    """What an evaluation would say; `metrics` take the place of those that were measured."""
    answers = predictions(accuracy, clips)
    measured = {**intervals(answers, METRICS, resamples=100), **(metrics or {})}
    return Findings("classification", dataset, measured, answers.to_table(), latency=0.01)


def make_candidate(
    client: MlflowClient,
    name: str,
    accuracy: float = 0.9,
    dataset: str = DATASET,
    gate: Gate = GATE,
    found: Findings | None = None,
) -> ModelVersion:
    """Registers a version with the evidence that it asks to be judged by.

    Args:
        client: Of the store that `mlflow.set_tracking_uri` named.
        name: Of the registered model, which is made if there is none.
        accuracy: Of the version.
        dataset: Digest of its test set.
        gate: That it is evaluated for.
        found: What the evaluation says, in place of `findings(accuracy, dataset)`.

    Returns:
        The version, as the registry has it.
    """
    version = new_version(client, name)
    found = found or findings(accuracy, dataset)
    return put_on_record(client, version, version.run_id, found, gate)


def put_on_record(
    client: MlflowClient, version: ModelVersion, run_id: str, found: Findings, gate: Gate = GATE
) -> ModelVersion:
    """Writes what was found out about a version into a run, and names it on the version."""
    values = {f"{METRICS_PREFIX}.{metric}": each.value for metric, each in found.metrics.items()}
    mlflow.log_metrics(values, run_id=run_id)
    reference = write_dossier(run_id, version, found, gate)
    client.set_model_version_tag(version.name, version.version, TAG, reference)
    return client.get_model_version(version.name, version.version)


def new_version(client: MlflowClient, name: str) -> ModelVersion:
    """Registers a version of a model that answers, without evidence, and with a run of its own."""
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    experiment, model = _trained(client.tracking_uri)
    run = client.create_run(experiment)
    client.set_terminated(run.info.run_id)
    return client.create_model_version(name, f"models:/{model}", run.info.run_id, model_id=model)


def logged_model(version: ModelVersion) -> str:
    """The logged model that `new_version` made a version of."""
    return str(version.source).rpartition("/")[2]


def measured(entry: Entry, rule: str) -> list[float]:
    """Value and bounds that a decision's table names for a rule."""
    (line,) = [line for line in entry.table.splitlines() if line.startswith(f"| {rule} ")]
    _, _, value, interval, *_ = (cell.strip() for cell in line.split("|"))
    return [float(number) for number in (value, *interval.split(" to "))]


@cache
def _trained(tracking_uri: str) -> tuple[str, str]:
    """An experiment and a logged model in it; all versions of a store share their files."""
    client = MlflowClient(tracking_uri)
    found = client.get_experiment_by_name(EXPERIMENT)
    experiment = found.experiment_id if found else client.create_experiment(EXPERIMENT)
    return experiment, log_loudest(experiment)
