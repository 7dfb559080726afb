"""Entry point: does what a study found hold on the test recordings, whatever the seed?"""

from collections.abc import Mapping, Sequence

import mlflow
import numpy as np
from mlflow.exceptions import MlflowException
from pydantic import Field

from evaluation.bootstrap import Interval, dotted
from evaluation.classification import METRICS
from evaluation.markdown import markdown_table, number
from evaluation.noise import in_words
from evaluation.predictions import Predictions
from evaluation.recipes import recipes_difference
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TEST
from projects.config import Config
from projects.errors import UserError
from projects.feature_log import log_features
from projects.settings_file import read_settings
from projects.species.features import extract_features
from projects.species.split import log_split, split_recordings
from projects.species.train_ast import AstConfig
from projects.studies.engine.finish import BEST, DEFAULT, ENTRY_POINT
from projects.studies.recipe import tested
from projects.tracking import run_entry_point

COMPARED = ("macro_f1", "accuracy", "map")


class ConfirmConfig(Config):
    """Trains a species study's best configuration, and that without it, with several seeds."""

    study: str = Field(min_length=1, description="id of the study's run")
    seeds: int = Field(3, ge=1, le=100, description="networks of each configuration")


def confirm(config: ConfirmConfig) -> None:
    """Trains, tests, and prints the difference with its interval."""
    recipes = _recipes(config.study)
    base = recipes["best"]
    manifest = base.manifest()
    features = extract_features(manifest, base.built_front_end(), base.store, base.fan_out)
    log_features(features)
    split = split_recordings(base, manifest, features.recordings)
    log_split(split)
    found = {
        name: [
            tested(seeded, features.store, split, f"{name} {seeded.seed}")
            for seeded in _seeded(recipe, config.seeds)
        ]
        for name, recipe in recipes.items()
    }
    differences = {
        metric: recipes_difference(found["best"], found["default"], METRICS[metric])
        for metric in COMPARED
    }
    mlflow.log_metrics(dotted(differences, "difference"))
    test = split[split["split"] == TEST]
    report = confirm_report(found, differences, dataset_digest(test))
    mlflow.log_text(report, "confirm/report.md")
    print(report)


def _seeded(recipe: AstConfig, seeds: int) -> list[AstConfig]:
    return [recipe.model_copy(update={"seed": seed}) for seed in range(seeds)]


def _recipes(study: str) -> dict[str, AstConfig]:
    try:
        entry_point = mlflow.MlflowClient().get_run(study).data.tags.get(ENTRY_POINT)
    except MlflowException as error:
        raise UserError(f"study: expected the id of a study's run: {error.message}") from None
    if entry_point != "train_ast":
        raise UserError(
            f"study: expected one of train_ast that has its answer, got one of {entry_point}"
        )
    files = {"default": DEFAULT, "best": BEST}
    recipes = {
        name: AstConfig.validated(read_settings(f"runs:/{study}/{file}"))
        for name, file in files.items()
    }
    if recipes["best"] == recipes["default"]:
        raise UserError(
            "study: its best configuration is the one as it stood, so there is nothing to confirm: "
            "give it more trials"
        )
    return recipes


def confirm_report(
    found: Mapping[str, Sequence[Predictions]],
    differences: Mapping[str, Interval],
    digest: str,
) -> str:
    """Scores of every network and the differences, as Markdown.

    Args:
        found: Recipe to the predictions of its networks, by seed.
        differences: Metric to best minus default.
        digest: Of the test recordings.
    """
    first = found["best"][0]
    clips, groups = len(first.item_ids), len(set(first.groups))
    over = "groups and seeds" if len(found["best"]) > 1 else "groups"
    once = np.ones((1, clips))
    rows = [
        [name, str(seed), *(number(float(METRICS[metric](each, once)[0])) for metric in COMPARED)]
        for name, networks in found.items()
        for seed, each in enumerate(networks)
    ]
    table = markdown_table(["configuration", "seed", *COMPARED], rows)
    told = "\n".join(
        f"- {metric}: {in_words(each, groups, over)}" for metric, each in differences.items()
    )
    return (
        f"{table}\n\nBest minus default, {len(found['best'])} seeds each, {clips} test recordings, "
        f"digest {digest}:\n\n{told}\n"
    )


if __name__ == "__main__":
    run_entry_point(ConfirmConfig, confirm, experiment="studies")
