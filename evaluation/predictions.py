"""What a classifier answered on a set of clips, beside what was true."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from projects.errors import UserError

PROBABILITY = "probability of "

ROW_SUM_TOLERANCE = 1e-3  # a float16 softmax is off by about this much


@dataclass(frozen=True, eq=False)
class Predictions:
    """One row a clip; every array is checked and made read-only at construction.

    Attributes:
        item_ids: Names of the n clips, all different.
        groups: What each clip may not be separated from (recordist, source recording), n of them.
        truth: Index into `labels` of the right class, int64, shape (n,).
        probabilities: Probability of each class in [0, 1], float64, shape (n, c).
        labels: Names of the c classes, all different.

    Raises:
        UserError: If the parts do not fit together.
    """

    item_ids: list[str]
    groups: list[str]
    truth: np.ndarray
    probabilities: np.ndarray
    labels: list[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "truth", np.array(self.truth))
        object.__setattr__(self, "probabilities", np.array(self.probabilities, dtype=np.float64))
        _check_shapes(self)
        _check_names("item_ids", self.item_ids)
        _check_names("labels", self.labels)
        _check_truth(self.truth, len(self.labels))
        _check_probabilities(self.probabilities, self.item_ids)
        object.__setattr__(self, "truth", self.truth.astype(np.int64))
        self.truth.flags.writeable = False
        self.probabilities.flags.writeable = False

    @property
    def predicted(self) -> np.ndarray:
        """The likeliest class, int64, shape (n,); of equals, the first."""
        return self.probabilities.argmax(axis=1)

    @property
    def correct(self) -> np.ndarray:
        """Whether the likeliest class is the true one, bool, shape (n,)."""
        return self.predicted == self.truth

    @property
    def confidence(self) -> np.ndarray:
        """Probability of the likeliest class, float64 in [1/c, 1], shape (n,)."""
        return self.probabilities.max(axis=1)

    @property
    def truth_rank(self) -> np.ndarray:
        """Place of the true class by probability, 1 the likeliest, int64 in 1..c, shape (n,).

        Of equals the first in `labels` goes first, so rank 1 means `correct`.
        """
        of_truth = self.probabilities[np.arange(len(self.truth)), self.truth][:, None]
        first_of_equals = np.arange(len(self.labels)) < self.truth[:, None]
        tied_before = (self.probabilities == of_truth) & first_of_equals
        return 1 + ((self.probabilities > of_truth) | tied_before).sum(axis=1)

    def part(self, chosen: np.ndarray) -> "Predictions":
        """Returns the predictions of some of the clips, bool, shape (n,)."""
        places = np.flatnonzero(chosen)
        return Predictions(
            [self.item_ids[place] for place in places],
            [self.groups[place] for place in places],
            self.truth[places],
            self.probabilities[places],
            self.labels,
        )

    def to_table(self) -> pd.DataFrame:
        """Returns one row a clip, all that `from_table` needs."""
        names = [PROBABILITY + label for label in self.labels]
        truth = [self.labels[place] for place in self.truth]
        who = pd.DataFrame({"item": self.item_ids, "group": self.groups, "truth": truth})
        return pd.concat([who, pd.DataFrame(self.probabilities, columns=names)], axis=1)

    @classmethod
    def from_table(cls, table: pd.DataFrame) -> "Predictions":
        """Returns what `to_table` was made of, with its labels in alphabetical order."""
        names = sorted(name for name in table if name.startswith(PROBABILITY))
        labels = [name.removeprefix(PROBABILITY) for name in names]
        truth = np.array([labels.index(label) for label in table["truth"]])
        return cls(
            list(table["item"]), list(table["group"]), truth, table[names].to_numpy(), labels
        )

    def to_frame(self) -> pd.DataFrame:
        """Returns one row a clip, to see which clips went wrong."""
        names = np.array(self.labels, dtype=object)
        return pd.DataFrame(
            {
                "item": self.item_ids,
                "group": self.groups,
                "truth": names[self.truth],
                "predicted": names[self.predicted],
                "confidence": self.confidence,
                "correct": self.correct,
                "truth_rank": self.truth_rank,
            }
        )


def _check_shapes(predictions: Predictions) -> None:
    items, classes = len(predictions.item_ids), len(predictions.labels)
    if items == 0 or classes == 0:
        raise UserError(
            f"Expected at least one scored clip and one label, got {items} clips and {classes}"
            " labels: check that the test split is not empty."
        )
    came = {
        "groups": ((len(predictions.groups),), (items,)),
        "truth": (predictions.truth.shape, (items,)),
        "probabilities": (predictions.probabilities.shape, (items, classes)),
    }
    for name, (shape, expected) in came.items():
        if shape != expected:
            raise UserError(
                f"Expected {name} of shape {expected} for {items} clips and {classes} labels,"
                f" got {shape}: give one row a clip and one column a label."
            )


def _check_names(field: str, names: list[str]) -> None:
    values, counts = np.unique(np.array(names, dtype=str), return_counts=True)
    if counts.max() > 1:
        raise UserError(
            f"Expected {field} that are all different, got {str(values[counts.argmax()])!r}"
            f" {counts.max()} times: rename or drop the repeats."
        )


def _check_truth(truth: np.ndarray, classes: int) -> None:
    if not np.issubdtype(truth.dtype, np.integer):
        raise UserError(f"Expected truth as integer class indices, got {truth.dtype}: convert it.")
    if truth.min() < 0 or truth.max() >= classes:
        raise UserError(
            f"Expected truth in 0..{classes - 1} for {classes} labels, got {truth.min()}"
            f"..{truth.max()}: check that model and dataset use the same label list."
        )


def _check_probabilities(probabilities: np.ndarray, item_ids: list[str]) -> None:
    # NaN fails the comparisons and infinity the range, so both are caught here too.
    in_range = ((probabilities >= 0) & (probabilities <= 1)).all(axis=1)
    sums_to_one = np.abs(probabilities.sum(axis=1) - 1) <= ROW_SUM_TOLERANCE
    bad = np.flatnonzero(~(in_range & sums_to_one))
    if bad.size:
        row = probabilities[bad[0]]
        raise UserError(
            "Expected probabilities in [0, 1] that sum to 1, got values from"
            f" {row.min():.4g} to {row.max():.4g} with sum {row.sum():.4g} for clip"
            f" {item_ids[bad[0]]!r} ({bad.size} clips in all): apply a softmax to the logits."
        )
