"""Initial weights under which sound gets through."""

import pytest
import torch
from tiny_codec import speech
from torch import nn
from transformers import EncodecConfig, EncodecModel

from projects.codec.training.unit_variance import bring_to_unit_variance


@pytest.fixture
def sounds():
    return torch.from_numpy(speech(4)).reshape(8, 1, -1)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return EncodecModel(EncodecConfig(num_filters=8, hidden_size=64, num_lstm_layers=1))


@torch.no_grad()
def through(model, sounds):
    """Deviation of what comes out, and of what of it is due to the sound, by the sound's own."""
    made, of_silence = (model.decoder(model.encoder(each)) for each in (sounds, 0 * sounds))
    return (made.std() / sounds.std()).item(), ((made - of_silence).std() / sounds.std()).item()


def test_sound_gets_through_with_its_own_deviation(model, sounds):
    """From transformers' weights next to nothing does, and training falls to silence."""
    made, heard = through(model, sounds)
    assert made < 0.2
    assert heard < 1e-4
    bring_to_unit_variance(model, sounds)
    made, heard = through(model, sounds)
    assert made == pytest.approx(1, rel=1e-3)
    assert heard > 0.5


@torch.no_grad()
def test_every_convolution_lets_through_as_much_as_the_next(model, sounds):
    bring_to_unit_variance(model, sounds)
    outputs = []
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv1d | nn.ConvTranspose1d)]
    for convolution in convolutions:
        convolution.register_forward_hook(lambda _, __, output: outputs.append(output.std().item()))
    model.decoder(model.encoder(sounds))
    assert len(outputs) == len(convolutions)
    assert outputs[:-1] == pytest.approx([1.0] * (len(outputs) - 1), rel=1e-3)
    assert not any(convolution.bias.any() for convolution in convolutions)


def test_it_leaves_no_hook_and_all_is_trained(model, sounds):
    """A hook that stayed would scale every later batch by itself."""
    bring_to_unit_variance(model, sounds)
    assert through(model, 3 * sounds)[0] != pytest.approx(1, rel=0.01)
    assert not any(module._forward_hooks for module in model.modules())
    assert all(weight.requires_grad for weight in model.parameters())
