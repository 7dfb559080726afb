"""Removing wind and handling noise below the song."""

import functools

import numpy as np
import scipy.signal
import torch

ORDER = 5


def high_pass(samples: np.ndarray, sample_rate: int, cutoff: float) -> np.ndarray:
    """Butterworth high-pass of fifth order (30 dB an octave), causal.

    Args:
        samples: (n,) mono.
        sample_rate: Hz.
        cutoff: -3 dB point in Hz, below half the rate; 0 leaves the sound as it is.

    Returns:
        (n,) float32.
    """
    if cutoff == 0:
        return samples
    # Over digital silence the filter rings on into denormal numbers, at twenty times the cost.
    torch.set_flush_denormal(True)
    try:
        filtered = scipy.signal.sosfilt(_sections(sample_rate, cutoff), samples)
    finally:
        torch.set_flush_denormal(False)
    return filtered.astype(np.float32)


@functools.cache
def _sections(sample_rate: int, cutoff: float) -> np.ndarray:
    return scipy.signal.butter(ORDER, cutoff, "highpass", fs=sample_rate, output="sos")
