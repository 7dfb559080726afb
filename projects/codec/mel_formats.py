"""The seed's mel features on the fMRI time grid, beside the codec's codes."""

import numpy as np

from projects.codec.mel import SILENCE
from projects.codec.tr_grid import TrGrid


def mel_3d(log_mel: np.ndarray, grid: TrGrid) -> np.ndarray:
    """All frames of each TR.

    Args:
        log_mel: (n_frames, mels), natural logarithm of power.
        grid: TRs over these frames.

    Returns:
        (n_trs, mels, width) of the same type; where `grid.mask` is False it is silent, since a
        zero would be louder than speech.

    Raises:
        UserError: Another number of frames than the grid's.
    """
    cut = grid.cut_frames(log_mel)
    cut[~grid.mask] = SILENCE
    return np.ascontiguousarray(cut.swapaxes(1, 2))


def mel_2d(log_mel: np.ndarray, grid: TrGrid) -> np.ndarray:
    """Mean of each TR's own frames, in the logarithm; padding has no part in it.

    Args:
        log_mel: (n_frames, mels), natural logarithm of power.
        grid: TRs over these frames.

    Returns:
        (n_trs, mels) float32.

    Raises:
        UserError: Another number of frames than the grid's.
    """
    # The padding of a cut is zero and adds nothing.
    total = grid.cut_frames(log_mel).sum(axis=1, dtype=np.float64)
    return (total / grid.mask.sum(axis=1)[:, None]).astype(np.float32)
