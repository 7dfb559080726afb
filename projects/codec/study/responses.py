"""Simulated fMRI responses: features of the sound, through known weights, blood and noise."""

from collections.abc import Mapping

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from projects.codec.hrf import convolve_hrf, hrf_kernel
from projects.codec.study.features import FEATURES
from projects.codec.study.settings import Stream, Study, generator
from projects.codec.study.truth import Truth

SNR = 1.0
"""Standard deviation of a carrying voxel's signal over that of its noise: the best possible
correlation of a prediction with a response is 0.71."""

AUTOCORRELATION = 0.4
"""Of the noise from one TR to the next."""

NULL_SHARE = 0.25
"""Share of voxels that carry nothing."""

_SETTLING = 50  # TRs after which the noise no longer knows how it began


def simulate_responses(
    study: Study, features: Mapping[str, NDArray[np.float64]]
) -> tuple[dict[str, NDArray[np.float32]], Truth]:
    """Responses to all runs of a study.

    Args:
        study: settings of the study.
        features: by run, (n_trs, 5) as of `sound_features`.

    Returns:
        By run, (n_trs, voxels) whose signal has a standard deviation of 1 over all runs and whose
        noise one of 1 / SNR; and what they were made of.
    """
    standard = _standardised(features)
    delayed = {run: convolve_hrf(each, study.tr) for run, each in standard.items()}
    carries, weights = _draw_weights(study)
    signal = np.concatenate(list(delayed.values())) @ weights
    weights[:, carries] /= signal[:, carries].std(axis=0)
    lag_s = float(hrf_kernel(study.tr).argmax() * study.tr)
    responses = {
        run: (each @ weights + _noise(study, number, len(each))).astype(np.float32)
        for number, (run, each) in enumerate(delayed.items())
    }
    return responses, Truth(FEATURES, standard, weights, carries, lag_s, SNR)


def _standardised(features: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    everything = np.concatenate(list(features.values()))
    mean, deviation = everything.mean(axis=0), everything.std(axis=0)
    return {run: (each - mean) / deviation for run, each in features.items()}


def _draw_weights(study: Study) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which voxels carry something, (voxels,), and what, (features, voxels), up to a scale."""
    rng = generator(study.seed, Stream.WEIGHTS)
    carries = rng.permutation(study.voxels) >= round(NULL_SHARE * study.voxels)
    return carries, carries * rng.standard_normal((len(FEATURES), study.voxels))


def _noise(study: Study, run: int, n_trs: int) -> NDArray[np.float64]:
    """Autoregressive noise of order 1, shape (n_trs, voxels)."""
    rng = generator(study.seed, Stream.NOISE, run)
    white = rng.standard_normal((_SETTLING + n_trs, study.voxels))
    gain = np.sqrt(1 - AUTOCORRELATION**2) / SNR
    return scipy.signal.lfilter([gain], [1.0, -AUTOCORRELATION], white, axis=0)[_SETTLING:]
