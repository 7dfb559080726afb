import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng
from torchmetrics.functional.audio import scale_invariant_signal_distortion_ratio

from evaluation.quality.pair import UnscorableClip
from evaluation.quality.si_sdr import si_sdr

RATE = 24_000
SOUND = default_rng(5000).normal(size=2000)


def orthogonal(sound, ratio, seed=0):
    """Noise without mean and with nothing of the sound, at a ratio in dB below it."""
    reference = sound - sound.mean()
    noise = default_rng(seed).normal(size=len(sound))
    noise -= noise.mean()
    noise -= (noise @ reference) / (reference @ reference) * reference
    return noise * np.sqrt((reference @ reference) / (noise @ noise)) * 10 ** (-ratio / 20)


@pytest.mark.parametrize("ratio", [-5, 0, 7, 15, 40])
def test_agrees_with_torchmetrics(ratio, speech, noisy):
    estimate = 0.7 * noisy(ratio) + 0.02
    expected = scale_invariant_signal_distortion_ratio(
        torch.from_numpy(estimate), torch.from_numpy(speech), zero_mean=True
    )
    assert si_sdr(speech, estimate, RATE) == pytest.approx(float(expected), abs=1e-3)


@given(ratio=st.floats(-60, 60), seed=st.integers(0, 4999))
def test_orthogonal_noise_gives_exactly_its_ratio(ratio, seed):
    """The scale of the metric: 15 dB must mean that the distortion is 15 dB below the sound."""
    estimate = SOUND + orthogonal(SOUND, ratio, seed)
    assert si_sdr(SOUND, estimate, RATE) == pytest.approx(ratio, abs=1e-6)


@given(
    scale=st.floats(1e-2, 1e2),
    sign=st.sampled_from([-1, 1]),
    offset=st.floats(-0.5, 0.5),
)
def test_level_sign_and_offset_of_the_estimate_do_not_matter(scale, sign, offset):
    """A codec that only plays louder is not a worse one."""
    estimate = SOUND + orthogonal(SOUND, 12.0)
    changed = sign * scale * estimate + offset
    assert si_sdr(SOUND, changed, RATE) == pytest.approx(12.0, abs=1e-6)


@pytest.mark.parametrize("scale", [1.0, 0.5, -3.0, 0.1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_perfect_reconstruction_is_named_and_not_capped(scale, dtype, speech):
    """Infinity, or 300 dB of rounding, would drown every other clip in the mean."""
    sound = speech.astype(dtype)
    with pytest.raises(UnscorableClip, match="infinite"):
        si_sdr(sound, dtype(scale) * sound, RATE)


def test_sound_stored_with_16_bits_still_has_its_number(speech):
    """What is refused as perfect must not reach down to what a codec could achieve."""
    stored = np.round(speech * 32768) / 32768
    assert 60 < si_sdr(speech, stored, RATE) < 98


def test_nothing_in_common_is_named():
    times = np.arange(2400) / RATE
    with pytest.raises(UnscorableClip, match="nothing of the reference"):
        si_sdr(np.sin(2 * np.pi * 100 * times), np.cos(2 * np.pi * 100 * times), RATE)
