"""How much of speech can be understood."""

import warnings

import numpy as np
import pystoi

from evaluation.quality.pair import UnscorableClip, pair_at

RATE = 10_000
SHORTEST_SECONDS = 0.4
"""STOI correlates over 30 frames of 25.6 ms, one every 12.8 ms."""


def stoi(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """Short-time objective intelligibility at 10 kHz.

    Taal, Hendriks, Heusdens and Jensen, "An Algorithm for Intelligibility Prediction of
    Time-Frequency Weighted Noisy Speech" (2011), computed by pystoi.

    Args:
        reference: What the speech should be, (n,).
        estimate: What it became, (n,).
        sample_rate: Hz, of both, at least 10,000.

    Returns:
        Mean correlation of third-octave envelopes, 1 where they agree; higher is better.

    Raises:
        UnscorableClip: Fewer than 30 frames lie within 40 dB of the reference's loudest, or as in
            `pair_at`.
    """
    reference, estimate = pair_at(RATE, reference, estimate, sample_rate)
    seconds = len(reference) / RATE
    if seconds < SHORTEST_SECONDS:
        raise UnscorableClip(
            f"STOI expects at least {SHORTEST_SECONDS} s of speech, got {seconds:.3f} s"
        )
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Not enough STFT frames", RuntimeWarning)
        try:
            return float(pystoi.stoi(reference, estimate, RATE))
        except RuntimeWarning:  # Unheeded, it would be a score of 1e-5.
            raise UnscorableClip(
                "STOI expects 30 frames (0.4 s) within 40 dB of the reference's loudest, got fewer"
            ) from None
