"""Runs as a species training leaves them, without sound and without training."""

from functools import cache

import mlflow
import pandas as pd
from birds import recordings
from candidates import new_version, put_on_record
from mlflow import MlflowClient
from mlflow.entities import Metric

from evaluation.bootstrap import Interval, intervals
from evaluation.classification import METRICS
from evaluation.findings import Findings
from evaluation.predictions import Predictions
from projects.audio.manifest import dataset_digest

MODEL = "birds"


def make_training(
    client: MlflowClient,
    predictions: Predictions,
    split: pd.DataFrame | None = None,
    tags: dict[str, str] | None = None,
    name: str | None = None,
    settings: dict[str, object] | None = None,
    epochs: int = 5,
    experiment: str | None = None,
) -> str:
    """Leaves a run with an evaluated version, and returns its id.

    Args:
        client: Of the store that `mlflow.set_tracking_uri` named.
        predictions: Of the test recordings.
        split: With its `audio` digests, that of `recordings` if none.
        tags: `network` and `recipe`.
        name: Of the run.
        settings: Effective ones.
        epochs: 0 for an ensemble, which has none.
        experiment: That the run is in.
    """
    split = recordings() if split is None else split
    source = _model(client.tracking_uri)
    if experiment:
        mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name=name) as run:
        mlflow.set_tags(tags or {})
        mlflow.log_params({f"config.{name}": value for name, value in (settings or {}).items()})
        mlflow.log_text(split.to_csv(index=False), "dataset/split.csv")
        training = {}
        if epochs:
            measured = {"epochs": epochs, "seconds": 90 * epochs, "parameters": 1_234_567}
            mlflow.log_metrics({f"train.{name}": value for name, value in measured.items()})
            training = {"train_validation_gap": 0.1, "epochs_to_best": epochs - 1}
        progress = [
            Metric("validation.accuracy", 0.5 + epoch / 20, epoch, epoch + 1)
            for epoch in range(epochs)
        ]
        client.log_batch(run.info.run_id, progress)
        found = Findings(
            "classification",
            dataset_digest(split[split["split"] == "test"]),
            intervals(predictions, METRICS, resamples=50)
            | {name: Interval(value) for name, value in training.items()},
            predictions.to_table(),
            latency=0.02,
        )
        version = client.create_model_version(
            MODEL, source, run.info.run_id, model_id=source.rpartition("/")[2]
        )
        put_on_record(client, version, run.info.run_id, found)
    return run.info.run_id


@cache
def _model(tracking_uri: str) -> str:
    """Where a model lies that all versions of a store can share; it has a version of its own."""
    return str(new_version(MlflowClient(tracking_uri), MODEL).source)
