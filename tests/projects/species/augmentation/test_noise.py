import math

import pytest
import torch

from projects.errors import UserError
from projects.species.augmentation.noise import BackgroundNoise, add_background, tile_to


def powers(seed: int, clips: int = 6, level: float = 1.0) -> torch.Tensor:
    torch.manual_seed(seed)
    return level * torch.randn(clips, 20, 16).square()


def measured_snr(signal: torch.Tensor, noisy: torch.Tensor) -> torch.Tensor:
    noise = noisy.double() - signal.double()
    return 10 * torch.log10(signal.double().mean(dim=(1, 2)) / noise.mean(dim=(1, 2)))


@pytest.mark.parametrize("level", [1e-6, 1.0, 1e6])
def test_the_ratio_of_signal_to_noise_is_the_one_asked(level):
    """Otherwise a study over SNR would report decibels that were never heard."""
    signal = powers(0)
    asked = torch.tensor([-10.0, 0.0, 3.0, 10.0, 20.0, 30.0])
    noisy = add_background(signal, powers(1, level=level), asked)
    assert torch.allclose(measured_snr(signal, noisy), asked.double(), atol=0.01)


def test_adding_decibels_instead_of_powers_would_be_wrong():
    """Two equal powers make 3 dB more; their decibels added make a level with no meaning."""
    signal = torch.full((1, 20, 16), 1e-4)
    noisy = add_background(signal, torch.full_like(signal, 5.0), torch.tensor([0.0]))
    level, noisy_level = 10 * torch.log10(signal), 10 * torch.log10(noisy)
    assert torch.allclose(noisy_level - level, torch.tensor(10 * math.log10(2)), atol=1e-3)
    assert (noisy_level - (level + level)).abs().min() > 30


def test_the_colour_of_the_background_is_kept():
    signal, background = powers(2).double(), powers(3).double()
    added = add_background(signal, background, torch.zeros(6)) - signal
    ratio = added / background
    assert torch.allclose(ratio, ratio[:, :1, :1].expand_as(ratio), rtol=1e-6)


def test_a_silent_clip_stays_silent():
    silent = torch.zeros(6, 20, 16)
    assert torch.equal(add_background(silent, powers(4), torch.zeros(6)), silent)


def test_log_features_are_refused():
    """They would run without an error and give noise of no known ratio."""
    with pytest.raises(UserError, match="expected powers of 0 or more"):
        add_background(torch.randn(6, 20, 16), powers(5), torch.zeros(6))


def test_a_silent_background_is_refused_and_not_divided_by():
    with pytest.raises(UserError, match="digital silence"):
        add_background(powers(6), torch.zeros(6, 20, 16), torch.zeros(6))


def test_backgrounds_of_another_length_are_refused():
    with pytest.raises(UserError, match=r"expected backgrounds of shape \(6, 20, 16\)"):
        add_background(powers(7), powers(7)[:, :10], torch.zeros(6))


def test_ratios_fill_the_range_asked():
    torch.manual_seed(8)
    signal, bank = powers(8, clips=400), powers(9, clips=3)
    snr = measured_snr(signal, BackgroundNoise(1.0, snr_low=3, snr_high=30)(signal, bank))
    assert 2.99 < snr.min() < 4
    assert 29 < snr.max() < 30.01
    assert snr.mean().item() == pytest.approx(16.5, abs=1.5)


def test_every_background_of_the_bank_is_used():
    """Were only the first drawn, the model would learn one place's noise."""
    torch.manual_seed(10)
    bank = torch.zeros(5, 20, 16)
    for band in range(5):
        bank[band, :, band] = 1.0
    signal = powers(10, clips=100)
    added = BackgroundNoise(1.0, 0, 0)(signal, bank) - signal
    assert set(added.sum(dim=1).argmax(dim=1).tolist()) == set(range(5))


def test_probability_0_is_the_identity():
    signal = powers(11)
    assert torch.equal(BackgroundNoise(0.0)(signal, powers(12)), signal)


def test_an_empty_bank_is_refused():
    with pytest.raises(UserError, match="got an empty bank"):
        BackgroundNoise(0.5)(powers(13), torch.zeros(0, 20, 16))


def test_exchanged_ratios_are_refused():
    with pytest.raises(UserError, match="snr_low no higher than snr_high, got 30 and 3 dB"):
        BackgroundNoise(0.5, snr_low=30, snr_high=3)


@pytest.mark.parametrize("frames", [3, 5, 12])
def test_a_stretch_is_repeated_or_cut_to_the_clip(frames):
    stretch = torch.arange(10.0).view(5, 2)
    tiled = tile_to(stretch, frames)
    assert torch.equal(tiled, stretch.repeat(3, 1)[:frames])
