"""How far two spectrograms lie apart."""

import functools

import numpy as np
import scipy.signal
import torchaudio

from evaluation.quality.pair import UnscorableClip, pair_at

RATE = 24_000
N_FFT = 1024
HOP = 256
MELS = 80
FLOOR_DB = 80.0
"""Below the loudest mel of the reference by more than this, both count as equally quiet."""


def log_mel_distance(reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
    """Mean absolute difference of log-mel spectrograms over mels and frames.

    24 kHz, Hann window of 1024 samples, hop 256, 80 Slaney mels up to 12 kHz, in dB of power.

    Args:
        reference: What the sound should be, (n,).
        estimate: What it became, (n,).
        sample_rate: Hz, of both, at least 24,000.

    Returns:
        Distance in dB, 0 where they agree; lower is better.

    Raises:
        UnscorableClip: Shorter than one window, or as in `pair_at`.
    """
    reference, estimate = pair_at(RATE, reference, estimate, sample_rate)
    if len(reference) < N_FFT:
        raise UnscorableClip(
            f"the log-mel distance expects at least {N_FFT / RATE:.3f} s of sound, got "
            f"{len(reference) / RATE:.3f} s"
        )
    of_reference, of_estimate = _mel_power(reference), _mel_power(estimate)
    floor = of_reference.max() * 10 ** (-FLOOR_DB / 10)
    ratios = np.maximum(of_estimate, floor) / np.maximum(of_reference, floor)
    return float(np.abs(10 * np.log10(ratios)).mean())


def _mel_power(samples: np.ndarray) -> np.ndarray:
    """Power of each mel, (frames, MELS); the first and last frames are centred on the ends."""
    padded = np.pad(samples, N_FFT // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    spectrum = np.fft.rfft(windows * scipy.signal.get_window("hann", N_FFT))
    return np.abs(spectrum) ** 2 @ _filters()


@functools.cache
def _filters() -> np.ndarray:
    return torchaudio.functional.melscale_fbanks(
        N_FFT // 2 + 1, 0.0, RATE / 2, MELS, RATE, "slaney", "slaney"
    ).numpy()
