"""Where in a recording something sings, and where nothing does."""

import numpy as np

BLOCK = 512
"""Samples in one block of the level."""

SILENCE_DB = -150.0
"""Below the last bit of 24-bit sound: digital silence, or a filter that rings on into it."""

FLOOR_PERCENTILE = 20
LOUDEST_DB = 30.0
"""A block counts at most this far above the floor, so that one click does not outweigh a song."""

QUIET_BELOW_SONG_DB = 10.0


def block_levels(samples: np.ndarray) -> np.ndarray:
    """Level of each whole block of 512 samples.

    Args:
        samples: (n,) mono.

    Returns:
        (max(n // 512, 1),) mean power in dB; below -150 dB, which is digital silence, -inf.
    """
    blocks = max(len(samples) // BLOCK, 1)
    block = samples[: blocks * BLOCK].reshape(blocks, -1)
    power = np.einsum("ij,ij->i", block, block, dtype=np.float64) / block.shape[1]
    with np.errstate(divide="ignore"):
        levels = 10 * np.log10(power)
    return np.where(levels < SILENCE_DB, -np.inf, levels)


def block_activity(levels: np.ndarray) -> np.ndarray:
    """How far each block stands above the recording's own noise floor.

    The floor is the 20th percentile of the blocks that are not digital silence.

    Args:
        levels: (blocks,) dB.

    Returns:
        (blocks,) whole dB in [0, 30]; 0 for digital silence.
    """
    audible = levels[np.isfinite(levels)]
    floor = np.percentile(audible, FLOOR_PERCENTILE) if len(audible) else 0.0
    # Whole decibels add up exactly, so which of two equal windows comes first is not left to
    # the last bit of a sum: many windows hold all of a short song.
    return np.rint(np.clip(levels - floor, 0, LOUDEST_DB))


def most_active_start(samples: np.ndarray, length: int) -> int:
    """First sample of the stretch with the most activity.

    Args:
        samples: (n,) mono, after the high-pass.
        length: Samples wanted.

    Returns:
        A start with start + length <= n; 0 where the recording is shorter than that.
    """
    sums = _window_sums(block_activity(block_levels(samples)), length)
    return min(int(np.argmax(sums)) * BLOCK, max(len(samples) - length, 0))


def quiet_stretch(samples: np.ndarray, length: int) -> np.ndarray | None:
    """The quietest stretch, if it is background rather than song.

    Args:
        samples: (n,) mono, after the high-pass.
        length: Samples wanted.

    Returns:
        (length,) samples at least 10 dB below the recording's loudest stretch of that length
        and free of digital silence; None where there is no such stretch.
    """
    if len(samples) < 2 * length:
        return None
    levels = block_levels(samples)
    power = _window_sums(10 ** (levels / 10), length)
    silent = _window_sums(np.isneginf(levels).astype(float), length) > 0
    power = np.where(silent, np.inf, power)
    quietest = int(np.argmin(power))
    loudest = np.max(power[np.isfinite(power)], initial=0.0)
    if not power[quietest] * 10 ** (QUIET_BELOW_SONG_DB / 10) <= loudest:
        return None
    start = min(quietest * BLOCK, len(samples) - length)
    return samples[start : start + length]


def window_activity(samples: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """Mean activity of each window.

    Args:
        samples: (n,) mono, after the high-pass.
        starts: (windows,) first samples.
        length: Samples in a window.

    Returns:
        (windows,) dB in [0, 30].
    """
    activity = block_activity(block_levels(samples))
    ends = np.maximum((starts + length) // BLOCK, starts // BLOCK + 1)
    return np.array(
        [
            activity[s:e].mean() if s < len(activity) else 0.0
            for s, e in zip(starts // BLOCK, ends, strict=True)
        ]
    )


def _window_sums(values: np.ndarray, length: int) -> np.ndarray:
    blocks = min(max(length // BLOCK, 1), len(values))
    total = np.concatenate([[0.0], np.cumsum(values)])
    return total[blocks:] - total[:-blocks]
