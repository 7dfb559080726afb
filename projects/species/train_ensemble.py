"""Entry point: registered classifiers that answer together, from their weights to a promotion."""

from collections.abc import Sequence

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput
from pydantic import Field

from evaluation.bootstrap import Interval, dotted, intervals
from evaluation.classification import METRICS, macro_f1
from evaluation.findings import paired
from evaluation.gates.usable import usable_gate
from evaluation.markdown import markdown_table, number
from evaluation.noise import in_words
from evaluation.predictions import Predictions
from evaluation.scoring import score
from projects.audio.source import DataConfig
from projects.audio.splits import TEST, VALIDATION
from projects.config import Names
from projects.errors import UserError
from projects.species.ensemble import SpeciesEnsemble
from projects.species.ensemble_weights import Weighting, fitted_weights, mixed
from projects.species.members import Member, held_out, read_members
from projects.species.packaging import log_classifier
from projects.species.split import log_split, read_split
from projects.species.submission import CHAMPION_RULE, submit_classifier
from projects.species.what_is_trained import log_recipe
from projects.tracking import active_run_id, run_entry_point

COMPARED = ("accuracy", "macro_f1", "map")
GAIN = "gain"
"""Prefix of the metrics: ensemble minus its best member on the test recordings."""


class EnsembleConfig(DataConfig):
    """Joins registered classifiers, evaluates them together, and promotes them if a gate passes."""

    members: Names = Field(
        min_length=2,
        max_length=8,
        description="models:/NAME/VERSION or NAME@ALIAS, with commas between",
    )
    weights: Weighting = Field(
        "equal", description="equal, grid or learnt; the last two on validation recordings"
    )
    gate: str = Field("default", description="a gate of evaluation/gates, or a YAML file")
    model_name: str = Field("species-classifier", pattern=r"^[^/:]+$", description="registered as")


def train_ensemble(config: EnsembleConfig) -> None:
    """Fits the weights, registers and judges the ensemble, and says what it gains."""
    gate = usable_gate(config.gate, list(METRICS), list(METRICS), CHAMPION_RULE, classes=True)
    members = read_members(config.members)
    split = read_split(members[0].run_id)
    sides = held_out(members[0], split, config.manifest())
    log_split(split)
    validation = [_all_scored(member, sides[VALIDATION]) for member in members]
    weights = fitted_weights(config.weights, validation)
    what = [member.what(weight) for member, weight in zip(members, weights.tolist(), strict=True)]
    mlflow.log_dict({"members": what}, "ensemble/members.json")
    _log_members(config.weights, members, weights, validation)
    ensemble = SpeciesEnsemble([member.classifier for member in members], weights.tolist())
    model = log_classifier(ensemble, {"members": what})
    evaluation, _ = submit_classifier(model, config.model_name, sides[TEST], gate, {})
    best = members[int(np.argmax([_macro_f1(each) for each in validation]))]
    theirs, _ = score(best.served, sides[TEST])
    gains = {
        metric: paired(
            "classification", evaluation.predictions.to_table(), theirs.to_table(), metric
        )
        for metric in COMPARED
    }
    mlflow.log_metrics(dotted(gains, GAIN))
    _tell_gain(best, gains, len(set(evaluation.predictions.groups)))


def _all_scored(member: Member, recordings: pd.DataFrame) -> Predictions:
    predictions, failures = score(member.served, recordings)
    if failures:
        name, reason = next(iter(failures.items()))
        raise UserError(f"{member.uri} cannot answer to validation recording {name!r}: {reason}")
    return predictions


def _macro_f1(predictions: Predictions) -> float:
    return float(macro_f1(predictions, np.ones((1, len(predictions.truth))))[0])


def _log_members(
    weighting: Weighting,
    members: Sequence[Member],
    weights: np.ndarray,
    validation: Sequence[Predictions],
) -> None:
    """Lineage, weights and what they were fitted on, in the active run and on the terminal."""
    names = " + ".join(member.network for member in members)
    recipes = sorted(member.recipe for member in members)
    log_recipe(f"ensemble, {weighting}: {names}", {"weights": weighting, "members": recipes})
    inputs = [LoggedModelInput(member.model_id) for member in members]
    MlflowClient().log_inputs(active_run_id(), models=inputs)
    networks = [member.classifier.model for member in members]
    mlflow.log_metric("train.parameters", sum(each.num_parameters() for each in networks))
    together = intervals(mixed(validation, weights), METRICS)
    mlflow.log_metrics(dotted(together, "validation"))
    rows = [
        (member.uri, member.network, number(weight), number(_macro_f1(answers)))
        for member, weight, answers in zip(members, weights.tolist(), validation, strict=True)
    ]
    rows.append(("together", "", "1", number(together["macro_f1"].value)))
    print(markdown_table(("member", "network", "weight", "macro F1 on validation"), rows))


def _tell_gain(best: Member, gains: dict[str, Interval], groups: int) -> None:
    print(f"ensemble minus {best.uri} ({best.network}), its best member on validation, on test:")
    for metric, gain in gains.items():
        print(f"- {metric}: {in_words(gain, groups)}")


if __name__ == "__main__":
    run_entry_point(EnsembleConfig, train_ensemble, experiment="species")
