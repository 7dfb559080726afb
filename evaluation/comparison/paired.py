"""Which of several recipes are better than which, on the same clips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evaluation.bootstrap import Interval
from evaluation.classification import METRICS
from evaluation.comparison.cells import cell, score
from evaluation.comparison.holm import holm
from evaluation.comparison.sign_flip import sign_flip_p
from evaluation.noise import leaves_out_0
from evaluation.predictions import Predictions
from evaluation.recipes import check_all_paired, drawn_scores, scores_difference

COMPARED = ("accuracy", "macro_f1")
LEVEL = 0.05
"""An adjusted p-value below it is beyond noise."""


@dataclass(frozen=True)
class PairedTest:
    """Two recipes on the same clips.

    Attributes:
        ours: Label of the one.
        theirs: Label of the other.
        differences: Each of `COMPARED`, ours minus theirs, with its 95 % interval over groups and
            seeds; over groups alone of a recipe of one network.
        p: That accuracy differs so much where the two are equally good, by `sign_flip_p`.
        adjusted: The same among all pairs that were tested, by `holm`.
        one_seed: Whether either recipe has one network only.
    """

    ours: str
    theirs: str
    differences: Mapping[str, Interval]
    p: float
    adjusted: float
    one_seed: bool

    @property
    def beyond_noise(self) -> bool:
        """Whether accuracy differs, by the interval as well as by the adjusted p-value."""
        return self.adjusted < LEVEL and leaves_out_0(self.differences["accuracy"])

    def sentence(self) -> str:
        """What was found, in words."""
        accuracy, macro_f1 = (self.differences[metric] for metric in COMPARED)
        found = f"p = {self.adjusted:.2g}"
        limits = "; of these networks only, other seeds were not tried" if self.one_seed else ""
        if not self.beyond_noise:
            alone = self.p < LEVEL and leaves_out_0(accuracy)
            return (
                f"{self.ours} minus {self.theirs}: within noise"
                f"{' among so many pairs' if alone else ''}, accuracy {cell(accuracy, score)}, "
                f"{found}; macro F1 {cell(macro_f1, score)}{limits}"
            )
        better, worse = self.ours, self.theirs
        if accuracy.value < 0:
            better, worse = worse, better
            accuracy, macro_f1 = negated(accuracy), negated(macro_f1)
        return (
            f"{better} is better than {worse} by {cell(accuracy, score)} of accuracy, {found}; "
            f"macro F1 {cell(macro_f1, score)}{limits}"
        )


def paired_tests(recipes: Mapping[str, Sequence[Predictions]], seed: int = 0) -> list[PairedTest]:
    """Compares every recipe with every other.

    Args:
        recipes: Label to the predictions of its networks, which differ by their seed; all of the
            same clips in the same order.
        seed: Of all draws.

    Returns:
        One test a pair, in the order of the recipes.

    Raises:
        UserError: Clips, groups, truth or labels differ.
    """
    check_all_paired([network for networks in recipes.values() for network in networks])
    pairs = list(combinations(recipes, 2))
    scores = {
        (label, metric): drawn_scores(networks, METRICS[metric], seed=seed)
        for label, networks in recipes.items()
        for metric in COMPARED
    }
    differences = [
        {
            metric: scores_difference(scores[one, metric], scores[other, metric], seed=seed)
            for metric in COMPARED
        }
        for one, other in pairs
    ]
    p_values = [correctness_p(recipes[one], recipes[other], seed) for one, other in pairs]
    return [
        PairedTest(*pair, difference, p, float(adjusted), _one_seed(recipes, pair))
        for pair, difference, p, adjusted in zip(
            pairs, differences, p_values, holm(p_values), strict=True
        )
    ]


def _one_seed(recipes: Mapping[str, Sequence[Predictions]], pair: tuple[str, str]) -> bool:
    return any(len(recipes[label]) == 1 for label in pair)


def correctness_p(
    ours: Sequence[Predictions], theirs: Sequence[Predictions], seed: int = 0
) -> float:
    """p-value of the difference in accuracy, each clip's right answers averaged over the seeds."""
    right = [np.mean([each.correct for each in recipe], axis=0) for recipe in (ours, theirs)]
    return sign_flip_p(right[0] - right[1], ours[0].groups, seed)


def negated(difference: Interval) -> Interval:
    """The difference the other way round."""
    if difference.lower is None or difference.upper is None:
        return Interval(-difference.value)
    return Interval(-difference.value, -difference.upper, -difference.lower)
