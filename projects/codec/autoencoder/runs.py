"""fMRI runs with the features of their stimuli, and what all of them have of one side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projects.errors import UserError


@dataclass(frozen=True)
class Run:
    """One fMRI run.

    Attributes:
        features: (n_trs, features) floating, finite: the bottleneck, not yet delayed.
        responses: (n_trs, voxels) floating, finite.
        sides: (n_trs,) of "train", "validation", "test" or "gap", as of `block_split`.
    """

    features: np.ndarray
    responses: np.ndarray
    sides: np.ndarray

    def __post_init__(self) -> None:
        """Refuses arrays of unequal length, and NaN.

        Raises:
            UserError: Naming what came.
        """
        lengths = len(self.features), len(self.responses), len(self.sides)
        if len(set(lengths)) != 1:
            raise UserError(
                "run: expected features, responses and sides of equal length, "
                f"got {lengths[0]}, {lengths[1]} and {lengths[2]} TRs"
            )
        if not np.isfinite(self.responses).all():
            raise UserError("responses: expected finite, got NaN or inf: leave such voxels out")


def check_runs(runs: Sequence[Run], sides: Sequence[str]) -> None:
    """Refuses runs that cannot be stacked, or lack a side.

    Raises:
        UserError: No run, unlike features or voxels, or fewer than two TRs of a side.
    """
    shapes = {(run.features.shape[1:], run.responses.shape[1:]) for run in runs}
    if len(shapes) != 1:
        raise UserError(
            "runs: expected one run or more, all with the same features and voxels, "
            f"got {len(shapes)} kinds"
        )
    for side in sides:
        count = sum(int(np.sum(run.sides == side)) for run in runs)
        if count < 2:
            raise UserError(f"sides: expected two TRs or more of {side!r}, got {count}")


def of_side(
    runs: Sequence[Run], predictors: Sequence[np.ndarray], side: str
) -> tuple[np.ndarray, np.ndarray]:
    """The TRs of one side of all runs, each run counted from its mean over them.

    Args:
        runs: Fitting together.
        predictors: For each run (n_trs, features), or (n_trs, voxels) as predicted.
        side: "train", "validation" or "test".

    Returns:
        Predictors (n, features) and responses (n, voxels).
    """
    chosen = [run.sides == side for run in runs]
    pairs = [
        (_centred(each[here]), _centred(run.responses[here]))
        for run, each, here in zip(runs, predictors, chosen, strict=True)
        if here.any()
    ]
    left, right = zip(*pairs, strict=True)
    return np.concatenate(left), np.concatenate(right)


def constant_voxels(runs: Sequence[Run], sides: Sequence[str]) -> np.ndarray:
    """(voxels,) bool: True where no run has a change within the TRs of one of these sides.

    Raises:
        UserError: No voxel is left.
    """
    constant = np.zeros(runs[0].responses.shape[1], bool)
    for side in sides:
        blocks = [run.responses[run.sides == side] for run in runs]
        constant |= np.all([np.ptp(block, axis=0) == 0 for block in blocks if len(block)], axis=0)
    if constant.all():
        raise UserError("responses: expected a voxel or more that changes on each side, got none")
    return constant


def _centred(series: np.ndarray) -> np.ndarray:
    return series - series.mean(axis=0, dtype=np.float64)
