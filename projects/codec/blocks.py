"""A time series split into blocks that share no haemodynamic response, and scaled by the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Self

import numpy as np

from projects.audio.splits import TEST, TRAIN, VALIDATION
from projects.codec.hrf import HRF_SECONDS, trs_within
from projects.codec.tr_grid import check_tr
from projects.errors import UserError

GAP = "gap"

ROUNDING = 1e-9
"""So that a tenth of 10 TRs is one, whatever the tenth's last bit says."""

CONSTANT = 1e-12
"""A deviation below this share of the mean is rounding."""


def block_split(
    n_trs: int,
    tr: float,
    validation_fraction: float,
    test_fraction: float,
    gap_seconds: float = HRF_SECONDS,
) -> np.ndarray:
    """Splits one run into training, validation and test, in this order in time.

    Neighbouring TRs are nearly the same, all the more once convolved, so a random split would
    test on what was trained on. Between two sides lie TRs that belong to none.

    Args:
        n_trs: TRs of the run.
        tr: Seconds, in [0.2, 10].
        validation_fraction: Of the TRs outside the gaps, rounded down; above 0.
        test_fraction: Likewise; together with validation below 1.
        gap_seconds: At least the response's 32 s.

    Returns:
        (n_trs,) of "train", "validation", "test" or "gap".

    Raises:
        UserError: A fraction or the gap is out of range, or the run is too short for them.
    """
    gap = _gap_trs(gap_seconds, tr)
    fractions = (validation_fraction, test_fraction, 1 - validation_fraction - test_fraction)
    if not all(fraction > 0 for fraction in fractions):
        raise UserError(
            "validation_fraction and test_fraction: expected both above 0 and less than 1 "
            f"together, got {validation_fraction:g} and {test_fraction:g}"
        )
    usable = n_trs - 2 * gap
    needed = ceil(1 / min(fractions) - ROUNDING)
    if usable < needed:
        raise UserError(
            f"a run of {n_trs} TRs is too short for three sides and two gaps of {gap} TRs: "
            f"expected {needed + 2 * gap} TRs or more, {(needed + 2 * gap) * tr:g} s"
        )
    validation = floor(validation_fraction * usable + ROUNDING)
    test = floor(test_fraction * usable + ROUNDING)
    lengths = [usable - validation - test, gap, validation, gap, test]
    return np.repeat([TRAIN, GAP, VALIDATION, GAP, TEST], lengths)


def split_runs(
    run_lengths: Sequence[int],
    tr: float,
    validation_fraction: float,
    test_fraction: float,
    gap_seconds: float = HRF_SECONDS,
) -> list[np.ndarray]:
    """Splits each of several runs as `block_split` does one.

    Args:
        run_lengths: TRs of each run; a response does not reach from one run into another.
        tr: Seconds, in [0.2, 10].
        validation_fraction: Of each run.
        test_fraction: Of each run.
        gap_seconds: At least the response's 32 s.

    Returns:
        For each run the sides of its TRs.

    Raises:
        UserError: As in `block_split`.
    """
    return [
        block_split(length, tr, validation_fraction, test_fraction, gap_seconds)
        for length in run_lengths
    ]


@dataclass(frozen=True)
class Standardiser:
    """Brings features to mean 0 and deviation 1, as learnt on the training block alone.

    Attributes:
        mean: (...) float64.
        scale: (...) float64, above 0; 1 for features that never change.
    """

    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, train: np.ndarray) -> Self:
        """Learns each feature's mean and deviation over time.

        Args:
            train: (n, ...) the training block's features, finite.

        Raises:
            UserError: No TR, or NaN or inf.
        """
        if not train.size or not np.isfinite(train).all():
            raise UserError(
                f"expected finite features of one TR or more, got shape {train.shape}"
                + (", with NaN or inf" if train.size else "")
            )
        mean = train.mean(axis=0, dtype=np.float64)
        deviation = train.std(axis=0, dtype=np.float64)
        return cls(mean, np.where(deviation > CONSTANT * np.abs(mean), deviation, 1.0))

    def apply(self, features: np.ndarray) -> np.ndarray:
        """Scales features of any block: (n, ...) to the same shape, float32."""
        return ((features - self.mean) / self.scale).astype(np.float32)


def _gap_trs(seconds: float, tr: float) -> int:
    check_tr(tr)
    if not HRF_SECONDS <= seconds < inf:
        raise UserError(
            f"gap_seconds: expected {HRF_SECONDS:g} or more, as long as a response lasts, "
            f"got {seconds:g}"
        )
    return trs_within(seconds, tr)
