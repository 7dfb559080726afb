"""fMRI responses read from what the autoencoder keeps of a stimulus: a linear encoding model.

Source: Naselaris et al. (2011), Encoding and decoding in fMRI, NeuroImage 56; Huth et al. (2016),
Natural speech reveals the semantic maps that tile human cerebral cortex, Nature 532.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.linear_model import Ridge

from projects.audio.splits import SIDES, TEST, TRAIN, VALIDATION
from projects.codec.autoencoder.runs import Run, check_runs, constant_voxels, of_side
from projects.codec.blocks import Standardiser
from projects.codec.hrf import convolve_hrf

ALPHAS = tuple(10.0**power for power in range(7))
"""Penalties to choose from, for features of unit variance."""


@dataclass(frozen=True)
class VoxelScores:
    """How well responses are predicted on TRs that nothing was learnt or chosen on.

    Attributes:
        correlations: (voxels,) Pearson's r, NaN for `constant` voxels; 0 where the prediction
            never changes.
        constant: Indices of the voxels that never change on one side, as outside the brain.
    """

    correlations: np.ndarray
    constant: tuple[int, ...]

    @property
    def mean(self) -> float:
        """Over the voxels that change."""
        return float(np.nanmean(self.correlations))

    @property
    def median(self) -> float:
        """Over the voxels that change."""
        return float(np.nanmedian(self.correlations))


@dataclass(frozen=True)
class VoxelReadout:
    """A ridge regression from delayed features to responses.

    What differs between runs by a constant, as the scanner's baseline does, is left out: a run's
    features and responses count from their mean over its TRs of the side that is looked at.

    Attributes:
        tr: Seconds.
        standardiser: Of the features, as learnt on the training TRs.
        weights: (features, voxels).
        alpha: The penalty, as chosen on the validation TRs.
    """

    tr: float
    standardiser: Standardiser
    weights: np.ndarray
    alpha: float

    @classmethod
    def fit(cls, runs: Sequence[Run], tr: float) -> Self:
        """Learns on the training TRs of all runs, with the best penalty on validation.

        Raises:
            UserError: A side without two TRs or more, no voxel that changes, or not finite.
        """
        check_runs(runs, (TRAIN, VALIDATION))
        learnt = np.concatenate([run.features[run.sides == TRAIN] for run in runs])
        standardiser = Standardiser.fit(learnt)
        delayed = [convolve_hrf(standardiser.apply(run.features), tr) for run in runs]
        ridges = (
            Ridge(alpha=alpha, fit_intercept=False).fit(*of_side(runs, delayed, TRAIN))
            for alpha in ALPHAS
        )
        features, responses = of_side(runs, delayed, VALIDATION)
        changing = ~constant_voxels(runs, (TRAIN, VALIDATION))
        # One at a time, for the weights of many voxels are large.
        best = max(
            ridges, key=lambda each: _pearson(each.predict(features), responses)[changing].mean()
        )
        return cls(tr, standardiser, best.coef_.T, best.alpha)

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Responses to one run: (n_trs, features) to (n_trs, voxels), up to its baseline."""
        return convolve_hrf(self.standardiser.apply(features), self.tr) @ self.weights

    def score(self, runs: Sequence[Run]) -> VoxelScores:
        """Correlates predictions with responses on the test TRs of the runs it was fitted on.

        Raises:
            UserError: A side without two TRs or more, or no voxel that changes.
        """
        check_runs(runs, SIDES)
        predicted = [self.predict(run.features) for run in runs]
        constant = constant_voxels(runs, SIDES)
        correlations = _pearson(*of_side(runs, predicted, TEST))
        correlations[constant] = np.nan
        return VoxelScores(correlations, tuple(np.flatnonzero(constant).tolist()))


def _pearson(predicted: np.ndarray, responses: np.ndarray) -> np.ndarray:
    """(voxels,) correlations of centred series; 0 where one of them never changes."""
    together = (predicted * responses).sum(axis=0)
    norms = np.linalg.norm(predicted, axis=0) * np.linalg.norm(responses, axis=0)
    return np.divide(together, norms, out=np.zeros_like(together), where=norms > 0)
