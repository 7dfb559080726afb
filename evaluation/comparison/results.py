"""All that is computed of one section of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from evaluation.bootstrap import Interval
from evaluation.classification import METRICS
from evaluation.comparison.go_no_go import Answer, go_no_go
from evaluation.comparison.paired import PairedTest, paired_tests
from evaluation.comparison.rare_species import Gain, gains, mean_f1_by_class, rare_species
from evaluation.comparison.recipe import Recipe
from evaluation.comparison.section import Section
from evaluation.comparison.settings import differing
from evaluation.findings import by_class
from evaluation.gates.gate import Gate
from evaluation.recipes import recipe_interval
from evaluation.training_metrics import TRAINING_METRICS
from projects.audio.splits import TRAIN


@dataclass(frozen=True, eq=False)
class Results:
    """One section, measured.

    Attributes:
        section: What was compared.
        scores: Recipe to metric to mean over its networks with a 95 % interval.
        tests: Every pair of recipes that may be paired.
        answers: Recipe to the gates' answers.
        settings: Setting that is not the same in all recipes, to its values.
        training: Species to training recordings of the first recipe.
        same_training: Whether all recipes were trained on the same recordings.
        clips: Species to test recordings.
        f1: Recipe to species to F1, NaN where there is no test recording.
        rare: Species, the rarest first.
        reference: Label of the recipe that others are set beside, empty for none.
        gains: On the rare species, beside the reference.
    """

    section: Section
    scores: dict[str, dict[str, Interval]]
    tests: list[PairedTest]
    answers: dict[str, list[Answer]]
    settings: dict[str, list[str]]
    training: dict[str, int]
    same_training: bool
    clips: dict[str, int]
    f1: dict[str, dict[str, float]]
    rare: list[str]
    reference: str
    gains: list[Gain]


def results_of(section: Section, gates: Sequence[Gate]) -> Results:
    """Measures, tests and judges what is in a section."""
    recipes = section.recipes
    training = training_counts(recipes[0], section.labels)
    scores = {recipe.label: recipe_scores(recipe) for recipe in recipes}
    fair = {recipe.label: recipe.predictions for recipe in section.fair}
    reference = next(iter(fair), "")
    rare = rare_species(training)
    return Results(
        section=section,
        scores=scores,
        tests=paired_tests(fair),
        answers={
            recipe.label: [_judged(gate, recipe, scores[recipe.label]) for gate in gates]
            for recipe in recipes
        },
        settings=differing([recipe.networks for recipe in recipes]),
        training=training,
        same_training=len({_trained_on(recipe) for recipe in recipes}) == 1,
        clips=_clips(recipes[0]),
        f1={recipe.label: mean_f1_by_class(recipe.predictions) for recipe in recipes},
        rare=rare,
        reference=reference,
        gains=gains(fair, reference, rare) if reference and rare else [],
    )


def recipe_scores(recipe: Recipe) -> dict[str, Interval]:
    """Metric to mean over a recipe's networks with its interval."""
    return {name: recipe_interval(recipe.predictions, metric) for name, metric in METRICS.items()}


def training_counts(recipe: Recipe, labels: Sequence[str]) -> dict[str, int]:
    """Species to number of recordings that a recipe's first network was trained on."""
    recordings = recipe.networks[0].recordings
    counts = recordings.loc[recordings["split"] == TRAIN, "label"].value_counts()
    return {label: int(counts.get(label, 0)) for label in labels}


def _trained_on(recipe: Recipe) -> frozenset[str]:
    """Digests of the sounds of all its networks."""
    tables = (network.recordings for network in recipe.networks)
    return frozenset().union(*(table.loc[table["split"] == TRAIN, "audio"] for table in tables))


def _clips(recipe: Recipe) -> dict[str, int]:
    first = recipe.predictions[0]
    counts = pd.Series(first.truth).value_counts()
    return {label: int(counts.get(place, 0)) for place, label in enumerate(first.labels)}


def _judged(gate: Gate, recipe: Recipe, scores: dict[str, Interval]) -> Answer:
    training = {name: recipe.training(name) for name in TRAINING_METRICS}
    metrics = {**scores, **{name: each for name, each in training.items() if each is not None}}
    classes = pd.concat([pd.DataFrame(by_class(each)) for each in recipe.predictions])
    mean = classes.groupby(level=0).mean()
    return go_no_go(
        gate,
        metrics,
        {str(label): column.to_dict() for label, column in mean.items()},
        recipe.networks[0].dataset,
    )
