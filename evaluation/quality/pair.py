"""A reference and an estimate that can be compared, or the reason why they cannot."""

import numpy as np

from projects.audio.decode import LOUDEST, LOWEST_RATE, Sound
from projects.audio.resample import resample
from projects.errors import UserError

SILENCE = 2.0**-16
"""Half a step of 16-bit audio: what stays within it of its mean is stored as nothing at all."""


class UnscorableClip(UserError):  # noqa: N818 - a state of the clip, which a table counts
    """A clip that has no score in one metric; other clips and metrics may have theirs."""

    exit_code = 1


def pair(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Checks two sounds that are to be compared.

    Args:
        reference: What the sound should be, (n,), nominally in [-1, 1].
        estimate: What it became, (n,), aligned with the reference.
        sample_rate: Hz, of both.

    Returns:
        Both as float64.

    Raises:
        UnscorableClip: Shapes differ, the rate is below `LOWEST_RATE`, or a sound holds NaN,
            infinity, samples beyond `LOUDEST`, or nothing louder than `SILENCE`.
    """
    _check_rate(sample_rate, LOWEST_RATE)
    if reference.ndim != 1 or reference.shape != estimate.shape:
        raise UnscorableClip(
            f"expected two mono sounds of one length, got shapes {reference.shape} and "
            f"{estimate.shape}: bring both to one rate and cut them alike"
        )
    return _sound(reference, "reference"), _sound(estimate, "estimate")


def pair_at(
    rate: int, reference: np.ndarray, estimate: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Checks two sounds and brings both down to the rate that a metric is defined at.

    Never up: the bands that they lack would agree perfectly and better the score.

    Args:
        rate: Hz, the metric's own.
        reference: What the sound should be, (n,), nominally in [-1, 1].
        estimate: What it became, (n,), aligned with the reference.
        sample_rate: Hz, of both.

    Returns:
        Both as float64 at `rate`.

    Raises:
        UnscorableClip: The sounds' rate is below the metric's, a sound is silent in the band that
            the metric hears, or as in `pair`.
    """
    _check_rate(sample_rate, rate)
    sounds = zip(("reference", "estimate"), pair(reference, estimate, sample_rate), strict=True)
    at_rate = [
        _sound(resample(Sound(samples, sample_rate), rate).samples, f"{name} at {rate} Hz")
        for name, samples in sounds
    ]
    return at_rate[0], at_rate[1]


def _check_rate(sample_rate: int, lowest: int) -> None:
    if sample_rate < lowest:
        raise UnscorableClip(
            f"expected sound of at least {lowest} Hz, got {sample_rate} Hz: leave this metric out"
        )


def _sound(samples: np.ndarray, name: str) -> np.ndarray:
    samples = samples.astype(np.float64)
    bad = np.count_nonzero(~(np.abs(samples) < LOUDEST))  # NaN is not below anything.
    if bad:
        raise UnscorableClip(
            f"{bad} of {len(samples)} samples of the {name} are NaN, infinite or beyond {LOUDEST:g}"
        )
    if not samples.size or np.abs(samples - samples.mean()).max() <= SILENCE:
        raise UnscorableClip(
            f"the {name} is silent: no sample is further than {SILENCE:.1e} from their mean"
        )
    return samples
