"""Species with few training recordings: who does better on them?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.bootstrap import Interval
from evaluation.classification import Metric, f1_by_class
from evaluation.predictions import Predictions
from evaluation.recipes import check_all_paired, drawn_scores, scores_difference


@dataclass(frozen=True)
class Gain:
    """A recipe beside the reference on the rare species.

    Attributes:
        label: Of the recipe.
        difference: Its F1 averaged over the rare species minus the reference's; None where no
            clip is of a rare species.
        rose: Species whose F1 is higher than the reference's.
        fell: Species whose F1 is lower.
    """

    label: str
    difference: Interval | None
    rose: list[str]
    fell: list[str]


def rare_species(training: Mapping[str, int]) -> list[str]:
    """The lowest third of species by number of training recordings.

    Rare is who has no more recordings than the species at the end of the first third, and fewer
    than the commonest; so all that are equal are rare or none is.

    Args:
        training: Species to number of training recordings.

    Returns:
        The rarest first; empty where all have equally many.
    """
    ordered = sorted(training, key=lambda species: (training[species], species))
    limit = training[ordered[math.ceil(len(ordered) / 3) - 1]]
    commonest = training[ordered[-1]]
    return [each for each in ordered if training[each] <= limit and training[each] < commonest]


def mean_f1_by_class(networks: Sequence[Predictions]) -> dict[str, float]:
    """Label to F1, averaged over the networks of a recipe; NaN where no clip is of it."""
    once = np.ones((1, len(networks[0].item_ids)))
    f1 = np.mean([f1_by_class(network, once)[0] for network in networks], axis=0)
    return dict(zip(networks[0].labels, f1.tolist(), strict=True))


def gains(
    recipes: Mapping[str, Sequence[Predictions]], reference: str, rare: Sequence[str], seed: int = 0
) -> list[Gain]:
    """Sets every recipe beside the reference.

    Args:
        recipes: Label to the predictions of its networks, all of the same clips.
        reference: Label of the one that the others are set beside.
        rare: Species.
        seed: Of the draws.

    Returns:
        One a recipe, without the reference.

    Raises:
        UserError: Clips, groups, truth or labels differ.
    """
    check_all_paired([network for networks in recipes.values() for network in networks])
    metric = macro_f1_over(rare)
    before = mean_f1_by_class(recipes[reference])
    measured = any(math.isfinite(before[species]) for species in rare)
    theirs = drawn_scores(recipes[reference], metric, seed=seed) if measured else None
    found = []
    for label, networks in recipes.items():
        if label == reference:
            continue
        change = {
            species: f1 - before[species] for species, f1 in mean_f1_by_class(networks).items()
        }
        difference = None
        if theirs is not None:
            ours = drawn_scores(networks, metric, seed=seed)
            difference = scores_difference(ours, theirs, seed=seed)
        rose = [species for species in rare if change[species] > 0]
        fell = [species for species in rare if change[species] < 0]
        found.append(Gain(label, difference, rose, fell))
    return found


def macro_f1_over(species: Sequence[str]) -> Metric:
    """A metric: F1 averaged over those of some species that are present, NaN where none is.

    False alarms on clips of other species count, so that calling everything rare gains nothing.
    """

    def metric(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
        chosen = [predictions.labels.index(each) for each in species]
        f1 = f1_by_class(predictions, weights)[:, chosen]
        present = np.isfinite(f1).sum(axis=1)
        return np.nansum(f1, axis=1) / np.where(present > 0, present, np.nan)

    return metric
