"""A trial of a species study: a training measured on validation recordings, and on no others."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import mlflow
import pandas as pd
import torch
from transformers import PreTrainedModel

from evaluation.bootstrap import intervals
from evaluation.classification import METRICS
from evaluation.evaluation import as_dataset
from evaluation.predictions import Predictions
from projects.audio.manifest import dataset_digest
from projects.audio.splits import (
    TEST,
    TRAIN,
    VALIDATION,
    assign_splits,
    check_same_sound,
    check_split,
    unseen_labels,
)
from projects.audio.store import FeatureStore
from projects.errors import UserError
from projects.feature_log import log_features
from projects.species.features import extract_features
from projects.species.models.load import load_network
from projects.species.train_ast import AstConfig
from projects.species.training.fit import Fitted, fit
from projects.species.training.material import Material, gather_material
from projects.species.what_is_trained import what_is_trained
from projects.studies.engine.question import Outcome, Prepared, Report
from projects.studies.trial_folder import trial_folder


@dataclass(frozen=True, eq=False)
class Trained:
    """A network after its training.

    Attributes:
        model: With the weights of its best epoch.
        material: That it was trained on.
        predictions: Of the validation recordings' most active segments.
        batch_size: Of a training step, clips.
    """

    model: PreTrainedModel
    material: Material
    predictions: Predictions
    batch_size: int


def prepare_species(
    measure: Callable[[Trained], Outcome], config: AstConfig
) -> Prepared[AstConfig]:
    """Splits recordings as `train_ast` does, and computes the features of all but the test set.

    Test recordings are left out before anything is read of them.

    Args:
        measure: What a trial measures of its network.
        config: Of all trials; features and split are the same for them.

    Raises:
        UserError: The split leaks, or a label has no training recording.
    """
    split = assign_splits(
        config.manifest(),
        config.split_seed,
        config.validation_fraction,
        config.test_fraction,
        config.test_fold,
    )
    learnt = split[split["split"] != TEST].reset_index(drop=True)
    features = extract_features(learnt, config.built_front_end(), config.store, config.fan_out)
    log_features(features)
    recordings = features.recordings
    check_split(recordings, (TRAIN, VALIDATION))
    check_same_sound(recordings)
    if missing := unseen_labels(recordings)[TRAIN]:
        raise UserError(f"no training recording of {missing[0]!r}: give it one or leave it out")
    for side in (TRAIN, VALIDATION):
        rows = recordings[recordings["split"] == side]
        mlflow.log_input(as_dataset(rows, side, dataset_digest(rows)), context=side)
    try_out = partial(_try_out, features.store, recordings, measure)
    return Prepared(try_out, dataset_digest(recordings))


def scores_of(predictions: Predictions) -> dict[str, float]:
    """Every metric of a classifier, by name."""
    return {name: each.value for name, each in intervals(predictions, METRICS).items()}


def _try_out(
    store: FeatureStore,
    split: pd.DataFrame,
    measure: Callable[[Trained], Outcome],
    config: AstConfig,
    report: Report,
) -> Outcome:
    front_end = config.built_front_end()
    labels = sorted(split["label"].unique())
    material = gather_material(config, front_end, store, split, labels)
    with trial_folder(what_is_trained(config, split)) as folder:
        build = partial(config.network, labels, front_end)
        fitted = fit(config, material, build, folder, report)
        trained = _trained(fitted, material, split, labels, config.batch_size)
    return measure(trained)


def _trained(
    fitted: Fitted,
    material: Material,
    split: pd.DataFrame,
    labels: list[str],
    batch_size: int,
) -> Trained:
    model = load_network(fitted.folder)
    rows = split[split["split"] == VALIDATION]
    clips = [material.validation[index] for index in range(len(material.validation))]
    with torch.inference_mode():
        features = material.plain(material.stack(clips))["input_values"]
        probabilities = [model(batch).logits.double().softmax(-1) for batch in features.split(32)]
    predictions = Predictions(
        list(rows["recording_id"]),
        [str(group) for group in rows["group"]],
        torch.tensor(material.validation.targets).numpy(),
        torch.cat(probabilities).numpy(),
        labels,
    )
    return Trained(model, material, predictions, batch_size)
