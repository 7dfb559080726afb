"""A recipe of training, done with one seed and measured on the test recordings."""

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from tqdm import tqdm

from evaluation.predictions import Predictions
from projects.audio.decode import decode
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TEST
from projects.audio.store import FeatureStore
from projects.curve_log import log_epoch
from projects.held_folder import TRAININGS, digest_of, held_folder
from projects.species.classifier import SpeciesClassifier
from projects.species.models.load import load_network
from projects.species.train_ast import AstConfig
from projects.species.training.fit import fit
from projects.species.training.material import gather_material
from projects.species.what_is_trained import what_is_trained
from projects.studies.engine.trial_run import log_items, read_items
from projects.tracking import active_run_id

TRAINING = "confirm.training"
"""Tag of a run: digest of all that its network and its answers depend on."""


def tested(
    config: AstConfig, store: FeatureStore, split: pd.DataFrame, run_name: str
) -> Predictions:
    """Predictions of the test recordings, by a network trained in a child run of the active one.

    A training that is on record in the active run's experiment is not done again.

    Args:
        config: The recipe with its seed.
        store: Holds the features.
        split: Recordings with their `audio` digest and `split`.
        run_name: Of the child run.
    """
    what = what_is_trained(config, split)
    test = split[split["split"] == TEST]
    # The same sounds may have other names and recordists than when they were answered.
    digest = digest_of({**what, "test": dataset_digest(test)})
    if known := _on_record(digest):
        return Predictions.from_table(read_items(known))
    labels = sorted(split["label"].unique())
    front_end = config.built_front_end()
    material = gather_material(config, front_end, store, split, labels)
    with (
        mlflow.start_run(nested=True, run_name=run_name),
        held_folder(TRAININGS, {"confirm": what}) as folder,
    ):
        mlflow.log_params(config.what_is_trained())
        fitted = fit(config, material, lambda: config.network(labels, front_end), folder, log_epoch)
        network = load_network(fitted.folder)
        classifier = SpeciesClassifier(network, front_end, labels, frozenset())
        predictions = _predicted(classifier, test)
        log_items(predictions.to_table())
        # Last: a run with it has its predictions.
        mlflow.set_tag(TRAINING, digest)
    return predictions


def _on_record(digest: str) -> str | None:
    experiment = mlflow.get_run(active_run_id()).info.experiment_id
    found = mlflow.MlflowClient().search_runs(
        [experiment], f"tags.`{TRAINING}` = '{digest}'", max_results=1
    )
    return found[0].info.run_id if found else None


def _predicted(classifier: SpeciesClassifier, recordings: pd.DataFrame) -> Predictions:
    """As a served model answers: whole recordings in windows, pooled."""
    rows = tqdm(list(recordings.itertuples()), desc="testing", unit="recording")
    probabilities = [classifier.probabilities(decode(Path(row.path))) for row in rows]
    return Predictions(
        list(recordings["recording_id"]),
        [str(group) for group in recordings["group"]],
        np.array([classifier.labels.index(label) for label in recordings["label"]]),
        np.stack(probabilities),
        classifier.labels,
    )
