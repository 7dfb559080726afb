"""What blood makes of a stimulus: features convolved with the haemodynamic response, causally."""

from math import ceil

import numpy as np
import torch
from scipy.linalg import toeplitz

from projects.codec.tr_grid import check_tr
from projects.errors import UserError

HRF_SECONDS = 32.0
"""Length of the response; what is further apart than this shares none of it."""

STEP = 0.01
"""Spacing of the response before it is brought to the TR, s."""

BLOCK_TRS = 16
"""TRs convolved in one matrix product: enough to be fast, few enough to waste little on zeros."""


def hrf_kernel(tr: float) -> np.ndarray:
    """Glover's response to a stimulus that lasts one TR, seen at the TRs' onsets.

    A TR's features stand for all of it, so the response at lag k is the integral of Glover's
    curve from (k - 1) * tr to k * tr. Plain samples of the curve would have another delay and
    weight at each TR.

    Args:
        tr: Seconds, in [0.2, 10].

    Returns:
        (ceil(32 / tr) + 1,) float64 of sum 1; lag 0 is 0, for blood is late.

    Raises:
        UserError: The TR is out of range.

    Source: Glover (1999), Deconvolution of impulse response in event-related BOLD fMRI,
        NeuroImage 9; the curve is nilearn's.
    """
    # Its import takes seconds, which those who only read the length need not pay.
    from nilearn.glm.first_level import glover_hrf

    check_tr(tr)
    curve = glover_hrf(STEP, oversampling=1, time_length=HRF_SECONDS)
    times = np.linspace(0, HRF_SECONDS, len(curve))
    onsets = tr * np.arange(trs_within(HRF_SECONDS, tr) + 1)
    return np.diff(np.interp(onsets, times, np.cumsum(curve)), prepend=0.0)


def trs_within(seconds: float, tr: float) -> int:
    """The fewest TRs that last at least so many seconds."""
    # A quotient that should be whole may come out a little above.
    return ceil(seconds / tr - 1e-9)


def convolve_hrf(features: np.ndarray, tr: float) -> np.ndarray:
    """Convolves features with the response along time; nothing comes before its cause.

    Blocks of TRs are multiplied with a banded matrix: at 23 taps that is several times faster
    than an FFT, and takes no memory but the output's and a block's. It is torch's product because
    numpy's takes twice as long on matrices as flat as these.

    Args:
        features: (n_trs, ...) floating, finite: embeddings, latents or mel bands.
        tr: Seconds, in [0.2, 10].

    Returns:
        Same shape, float32. What an impulse at TR i leaves behind begins at TR i + 1 and is
        strongest about 6 s later; the silence before TR 0 counts as 0.

    Raises:
        UserError: Integers, for codes are names and not quantities; nothing at all; NaN or inf.
    """
    if not np.issubdtype(features.dtype, np.floating):
        raise UserError(
            f"expected embeddings or latents, which are floating, got {features.dtype}: codes are "
            "names, so convolve what they stand for, or ask for convolve_codes_as_numbers"
        )
    if not features.size:
        raise UserError(f"expected features of one TR or more, got shape {features.shape}")
    banded = _banded(hrf_kernel(tr))
    back = banded.shape[1] - BLOCK_TRS
    series = features.reshape(len(features), -1)
    # Not torch.empty: its small pages take longer to come than the product to be computed.
    convolved = np.empty(series.shape, np.float32)
    for start in range(0, len(series), BLOCK_TRS):
        first, stop = max(start - back, 0), min(start + BLOCK_TRS, len(series))
        window = torch.from_numpy(np.require(series[first:stop], np.float32, ["C", "W"]))
        weights = banded[: stop - start, first - start + back : stop - start + back]
        torch.mm(weights, window, out=torch.from_numpy(convolved[start:stop]))
        # NaN and inf times the weight 0 are NaN, so one that came in stands in the last row too.
        if not np.isfinite(convolved[stop - 1]).all():
            raise UserError(f"expected finite features, got NaN or inf in TR {start} to {stop - 1}")
    return convolved.reshape(features.shape)


def convolve_codes_as_numbers(
    codes: np.ndarray, tr: float, codebook_size: int = 1024
) -> np.ndarray:
    """Convolves codes as if they were quantities, as the seed does, to be compared with.

    Float, convolve, round, clip. What comes out are other entries' names, which need not sound
    like what went in: only for showing that.

    Args:
        codes: (n_trs, ...) integers in [0, codebook_size).
        tr: Seconds, in [0.2, 10].
        codebook_size: Entries of a codebook.

    Returns:
        Same shape and type, in [0, codebook_size).

    Raises:
        UserError: Codes that are not integers, or name no entry.

    Source: seeds/encodec_integration.md, "float conversion, process, round/clip".
    """
    if not np.issubdtype(codes.dtype, np.integer):
        raise UserError(f"expected codes, which are integers, got {codes.dtype}: use convolve_hrf")
    if codes.size and (codes.min() < 0 or codes.max() >= codebook_size):
        raise UserError(
            f"expected codes from 0 to {codebook_size - 1}, got {codes.min()} to {codes.max()}"
        )
    convolved = convolve_hrf(codes.astype(np.float32), tr)
    return np.clip(np.rint(convolved), 0, codebook_size - 1).astype(codes.dtype)


def _banded(kernel: np.ndarray) -> torch.Tensor:
    """(BLOCK_TRS, BLOCK_TRS + taps - 1): row i weighs the taps - 1 TRs before i, and i itself."""
    zeros = np.zeros(BLOCK_TRS - 1)
    first_column = np.concatenate([kernel[-1:], zeros])
    first_row = np.concatenate([kernel[::-1], zeros])
    return torch.from_numpy(toeplitz(first_column, first_row).astype(np.float32))
