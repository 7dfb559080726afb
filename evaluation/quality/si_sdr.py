"""How much of the estimate is the reference, whatever its level."""

import numpy as np

from evaluation.quality.pair import UnscorableClip, pair

ROUNDING = float(np.finfo(np.float32).eps) ** 2
"""Share of the energy, -138.5 dB, below which there is only the rounding of float32 samples."""


def si_sdr(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """Scale-invariant signal-to-distortion ratio of the sounds about their means.

    Le Roux, Wisdom, Erdogan and Hershey, "SDR - half-baked or well done?" (ICASSP 2019),
    equation 3: the energy of the estimate along the reference over the energy of its rest.

    An estimate that is the reference itself up to scale has no distortion and its ratio is
    infinite. No mean can hold that, and any cap would be a score that depends on the cap, so it is
    refused: such a clip is counted and named like every other that has no number.

    Args:
        reference: What the sound should be, (n,).
        estimate: What it became, (n,).
        sample_rate: Hz, of both; the ratio does not depend on it.

    Returns:
        Ratio in dB, within +-138.5; higher is better.

    Raises:
        UnscorableClip: One is a multiple of the other, they have nothing in common, or as in
            `pair`.
    """
    reference, estimate = pair(reference, estimate, sample_rate)
    reference = reference - reference.mean()
    estimate = estimate - estimate.mean()
    target = (estimate @ reference) / (reference @ reference) * reference
    distortion = estimate - target
    kept, lost = target @ target, distortion @ distortion
    if lost <= ROUNDING * kept:
        raise UnscorableClip("the estimate is the reference up to scale: its SI-SDR is infinite")
    if kept <= ROUNDING * lost:
        raise UnscorableClip("the estimate holds nothing of the reference: its SI-SDR is -infinite")
    return float(10 * np.log10(kept / lost))
