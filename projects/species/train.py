"""The main job, whatever the network: features, training, evaluation, gate, registry."""

from collections.abc import Callable
from functools import partial

import mlflow
from transformers import PreTrainedModel

from evaluation.beside import examine_beside
from evaluation.bootstrap import Interval
from evaluation.classification import METRICS
from evaluation.evaluation import Evaluation, evaluate_model, log_evaluation, log_report
from evaluation.findings import of_classifier
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.usable import usable_gate
from evaluation.scoring import load_model
from evaluation.training_metrics import TRAINING_METRICS
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TEST
from projects.curve_log import log_curves, log_epoch
from projects.feature_log import log_features
from projects.held_folder import TRAININGS, held_folder
from projects.species.features import extract_features
from projects.species.front_ends import FrontEnd
from projects.species.front_ends.front_end import VERSION
from projects.species.packaging import log_classifier
from projects.species.split import log_split, split_recordings
from projects.species.training.config import TrainConfig
from projects.species.training.fit import Fitted, fit
from projects.species.training.material import gather_material, log_augmentation
from registry.candidacy import submit
from registry.outcome import tell_outcome
from registry.promotion import Decision
from registry.versions import register_candidate

CHAMPION_RULE = NotWorseThanChampion("macro_f1", 0.02)
"""For a gate that says nothing of the champion: no door leads round it."""

Build = Callable[[list[str], FrontEnd], PreTrainedModel]
"""Makes a network for labels and a front end."""


def train_species(config: TrainConfig, build: Build) -> Decision:
    """Does the whole job in the active MLflow run and prints what came of it.

    Args:
        config: Data, training, gate and name.
        build: Makes the network; all else is the same for every network.

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
    what = {
        "settings": config.what_is_trained(),
        "features": VERSION,
        "split": split[["audio", "label", "split"]].to_csv(),
    }
    with held_folder(TRAININGS, what) as folder:
        log_augmentation(material)
        fitted = fit(config, material, lambda: build(labels, front_end), folder, log_epoch)
        _log_training(fitted)
        model = log_classifier(fitted.folder, front_end, labels, split)
        version = register_candidate(model, config.model_name)
        test = split[split["split"] == TEST].reset_index(drop=True)
        served = load_model(f"models:/{version.name}/{version.version}")
        evaluation = evaluate_model(served, test, dataset_digest(test))
        log_evaluation(evaluation, model.model_id, "test")
        findings = of_classifier(evaluation, served, _training_metrics(fitted))
        decision = submit(version, findings, gate, partial(examine_beside, evaluation))
        _tell(evaluation, decision)
        return decision


def _tell(evaluation: Evaluation, decision: Decision) -> None:
    entry = decision.entry
    log_report(evaluation, f"{entry.model} version {entry.version}", "test", [entry.section()])
    scored, failed = len(evaluation.predictions.item_ids), len(evaluation.failures)
    tested = f"on {scored} test recordings ({failed} failed), digest {evaluation.digest}"
    tell_outcome(decision, tested)


def _training_metrics(fitted: Fitted) -> dict[str, Interval]:
    return {
        "train_validation_gap": Interval(fitted.train_accuracy - fitted.validation_accuracy),
        "epochs_to_best": Interval(fitted.best_epoch),
    }


def _log_training(fitted: Fitted) -> None:
    mlflow.log_metrics(
        {
            "train.accuracy": fitted.train_accuracy,
            **{name: metric.value for name, metric in _training_metrics(fitted).items()},
        }
    )
    log_curves(fitted.curves, "epoch")
