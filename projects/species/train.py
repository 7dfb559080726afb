"""The main job, whatever the network: features, training, evaluation, gate, registry."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion
from transformers import PreTrainedModel

from evaluation.bootstrap import Interval
from evaluation.classification import METRICS
from evaluation.evaluation import (
    TRAINING_METRICS,
    Evaluation,
    evaluate_model,
    log_evaluation,
    log_report,
)
from evaluation.figures.training_curves import training_curves
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.evidence import Evidence
from evaluation.gates.gate import Gate, decide
from evaluation.gates.reader import load_gate
from evaluation.gates.threshold import Threshold
from evaluation.gates.verdict import Verdict
from evaluation.scoring import load_model
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TEST
from projects.errors import UserError
from projects.species.features import extract_features
from projects.species.front_ends import FrontEnd
from projects.species.front_ends.front_end import VERSION
from projects.species.generate_features import log_features
from projects.species.packaging import log_classifier
from projects.species.split import log_split, split_recordings
from projects.species.training.checkpoints import held_folder
from projects.species.training.config import TrainConfig
from projects.species.training.fit import Fitted, fit
from projects.species.training.material import gather_material, log_augmentation
from registry.comparison import compare_with_champion
from registry.promotion import Decision, promote
from registry.versions import register_candidate

TRAININGS = Path(".syrinx/training")

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
    gate = _usable_gate(config.gate)
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
        fitted = fit(config, material, lambda: build(labels, front_end), folder)
        _log_training(fitted)
        model = log_classifier(fitted.folder, front_end, labels, split)
        version = register_candidate(model, config.model_name)
        test = split[split["split"] == TEST].reset_index(drop=True)
        return _evaluate_and_promote(version, model.model_id, gate, fitted, test)


def _usable_gate(name: str) -> Gate:
    """The gate, with all that it asks for known to be measured, and a champion rule in any case."""
    gate = load_gate(name)
    champion = gate.champion or CHAMPION_RULE
    known = [*METRICS, *TRAINING_METRICS]
    asked = [rule.metric for rule in gate.rules if isinstance(rule, Threshold)]
    for metric in asked:
        if metric not in known:
            raise UserError(f"gate {name}: expected metrics of {', '.join(known)}, got {metric!r}")
    if champion.metric not in METRICS:
        raise UserError(
            f"gate {name}: expected a champion metric of {', '.join(METRICS)}, "
            f"got {champion.metric!r}"
        )
    return replace(gate, champion=champion)


def _evaluate_and_promote(
    version: ModelVersion, model_id: str, gate: Gate, fitted: Fitted, test: pd.DataFrame
) -> Decision:
    served = load_model(f"models:/{version.name}/{version.version}")
    digest = dataset_digest(test)
    evaluation = evaluate_model(served, test, digest)
    log_evaluation(evaluation, model_id, "test")

    def judge(champion: ModelVersion | None) -> Verdict:
        rule = gate.champion or CHAMPION_RULE
        compared = compare_with_champion(evaluation, champion, rule.metric)
        metrics = {**evaluation.metrics, **_training_metrics(fitted)}
        return decide(gate, Evidence(metrics, digest, compared), digest)

    decision = promote(version, judge, digest)
    log_report(evaluation, f"{version.name} version {version.version}", "test", [decision.verdict])
    mlflow.set_tags({"gate": gate.name, "gate.outcome": decision.verdict.outcome.value})
    _print_outcome(evaluation, version, decision)
    return decision


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
    table = pd.DataFrame(fitted.curves).T.sort_index()
    mlflow.log_text(table.to_csv(index_label="epoch"), "training/curves.csv")
    mlflow.log_figure(
        training_curves({name: list(table[name]) for name in table}), "training/curves.png"
    )


def _print_outcome(evaluation: Evaluation, version: ModelVersion, decision: Decision) -> None:
    scored = len(evaluation.predictions.item_ids)
    alias = "@champion" if decision.promoted else "@candidate"
    print(
        f"\n{decision.verdict.table()}\n\n"
        f"gate {decision.verdict.gate}: {decision.verdict.outcome.value} "
        f"on {scored} test recordings ({len(evaluation.failures)} failed), "
        f"digest {evaluation.digest}\n"
        f"{version.name} version {version.version} is {alias}; "
        f"champion before: {decision.champion_before or 'none'}\n"
        "look at it: make ui, then http://127.0.0.1:5000"
    )
