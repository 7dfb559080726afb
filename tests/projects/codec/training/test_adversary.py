"""An adversary that tells reconstructions from sounds."""

import pytest
import torch
from tiny_codec import speech

from projects.codec.training.adversary import Adversary


@pytest.fixture
def adversary():
    torch.manual_seed(0)
    return Adversary(filters=4)


def clips(seconds=0.25):
    torch.manual_seed(1)
    sounds = torch.from_numpy(speech(2 * seconds)).reshape(2, -1)
    return sounds, 0.3 * torch.randn(sounds.shape)


def test_it_learns_to_tell_noise_from_sound(adversary):
    sounds, noise = clips()
    optimizer = torch.optim.Adam(adversary.parameters(), 1e-2)
    losses = []
    for _ in range(16):
        optimizer.zero_grad()
        losses.append(adversary.own_loss(noise, sounds))
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < 0.7 * losses[0]
    assert adversary.codec_loss(noise, sounds) > adversary.codec_loss(sounds, sounds)


def test_its_own_loss_moves_no_codec_and_the_codecs_does(adversary):
    """A codec that is trained to be told apart gets worse."""
    sounds, noise = clips()
    noise.requires_grad_()
    adversary.own_loss(noise, sounds).backward()
    assert noise.grad is None
    adversary.codec_loss(noise, sounds).backward()
    assert noise.grad.abs().sum() > 0


def test_the_shortest_clip_is_judged(adversary):
    """0.1 s is what the configuration allows, and its longest window is 0.085 s."""
    sounds, noise = clips(0.1)
    assert torch.isfinite(adversary.codec_loss(noise, sounds))
    assert torch.isfinite(adversary.own_loss(noise, sounds))
