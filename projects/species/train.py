"""The main job, whatever the network: features, training, evaluation, gate, registry."""

from functools import partial

import mlflow

from evaluation.bootstrap import Interval
from evaluation.classification import METRICS
from evaluation.gates.usable import usable_gate
from evaluation.training_metrics import TRAINING_METRICS
from projects.audio.splits import TEST
from projects.curve_log import log_curves, log_epoch
from projects.feature_log import log_features
from projects.held_folder import TRAININGS, held_folder
from projects.species.classifier import SpeciesClassifier
from projects.species.features import extract_features
from projects.species.models.load import load_network
from projects.species.packaging import log_classifier
from projects.species.split import log_split, split_recordings
from projects.species.submission import CHAMPION_RULE, submit_classifier
from projects.species.training.config import TrainConfig
from projects.species.training.fit import Fitted, fit
from projects.species.training.material import gather_material, log_augmentation
from projects.species.what_is_trained import log_recipe, what_is_trained, without_seed
from registry.promotion import Decision


def train_species(config: TrainConfig) -> Decision:
    """Does the whole job in the active MLflow run and prints what came of it.

    Args:
        config: Data, network, training, gate and name.

    Returns:
        Whether the new version became champion, and why.
    """
    measured = [*METRICS, *TRAINING_METRICS]
    gate = usable_gate(config.gate, measured, list(METRICS), CHAMPION_RULE, classes=True)
    front_end = config.built_front_end()
    manifest = config.manifest()
    features = extract_features(manifest, front_end, config.store, config.fan_out)
    log_features(features)
    split = split_recordings(config, manifest, features.recordings)
    log_split(split)
    labels = sorted(split["label"].unique())
    material = gather_material(config, front_end, features.store, split, labels)
    what = what_is_trained(config, split)
    log_recipe(config.network_name, without_seed(what))
    with held_folder(TRAININGS, what) as folder:
        log_augmentation(material)
        build = partial(config.network, labels, front_end)
        fitted = fit(config, material, build, folder, log_epoch)
        training = _training_metrics(fitted)
        _log_training(fitted, training)
        is_test = split["split"] == TEST
        seen = frozenset(split.loc[~is_test, "audio"])
        network = load_network(fitted.folder)
        model = log_classifier(SpeciesClassifier(network, front_end, labels, seen), {})
        test = split[is_test].reset_index(drop=True)
        _, decision = submit_classifier(model, config.model_name, test, gate, training)
        return decision


def _training_metrics(fitted: Fitted) -> dict[str, Interval]:
    return {
        "train_validation_gap": Interval(fitted.train_accuracy - fitted.validation_accuracy),
        "epochs_to_best": Interval(fitted.best_epoch),
    }


def _log_training(fitted: Fitted, metrics: dict[str, Interval]) -> None:
    mlflow.log_metrics(
        {
            "train.accuracy": fitted.train_accuracy,
            "train.parameters": fitted.parameters,
            "train.epochs": len(fitted.curves),
            "train.seconds": fitted.seconds,
            **{name: metric.value for name, metric in metrics.items()},
        }
    )
    log_curves(fitted.curves, "epoch")
