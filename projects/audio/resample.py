"""Changing the sample rate."""

import soxr

from projects.audio.decode import Sound


def resample(sound: Sound, sample_rate: int) -> Sound:
    """Brings sound to another rate with soxr's high-quality filter, librosa's default too.

    Args:
        sound: Any rate.
        sample_rate: The rate wanted, Hz.

    Returns:
        The sound itself where the rate is right already.
    """
    if sound.sample_rate == sample_rate:
        return sound
    samples = soxr.resample(sound.samples, sound.sample_rate, sample_rate, quality="HQ")
    return Sound(samples, sample_rate)
