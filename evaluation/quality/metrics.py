"""The metrics of reconstructed sound by name."""

from collections.abc import Callable

import numpy as np

from evaluation.quality.log_mel_distance import log_mel_distance
from evaluation.quality.pesq import pesq_nb, pesq_wb
from evaluation.quality.si_sdr import si_sdr
from evaluation.quality.stoi import stoi

QualityMetric = Callable[[np.ndarray, np.ndarray, int], float]
"""Of reference, estimate and their common rate in Hz; raises `UnscorableClip`."""

QUALITY: dict[str, QualityMetric] = {
    "pesq_wb": pesq_wb,
    "pesq_nb": pesq_nb,
    "si_sdr": si_sdr,
    "stoi": stoi,
    "log_mel_distance": log_mel_distance,
}

HIGHER_IS_BETTER: dict[str, bool] = {name: name != "log_mel_distance" for name in QUALITY}
