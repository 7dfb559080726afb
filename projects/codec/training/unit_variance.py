"""Initial weights under which sound gets through.

From `transformers`' own the output has a deviation of 0.005, and a small codec falls to silence.
"""

from typing import Any

import torch
from torch import nn
from transformers import EncodecModel

SMALLEST = 1e-4


@torch.no_grad()
def bring_to_unit_variance(model: EncodecModel, sounds: torch.Tensor) -> None:
    """Scales each convolution, in order, so that its output has unit variance on a batch.

    Layer-sequential unit variance, Mishkin and Matas, "All you need is a good init" (2016).
    Biases become zero, and the last convolution's output gets the sound's own deviation.

    Args:
        model: From initial weights; changed.
        sounds: (batch, 1, samples).
    """
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv1d | nn.ConvTranspose1d)]
    last = model.decoder.layers[-1].conv
    hooks = []
    for convolution in convolutions:
        assert convolution.bias is not None  # SEANet's all have one.
        nn.init.zeros_(convolution.bias)
        wanted = sounds.std() if convolution is last else torch.ones(())
        hooks.append(convolution.register_forward_hook(_Scale(wanted)))
    model.decoder(model.encoder(sounds))
    for hook in hooks:
        hook.remove()


class _Scale:
    def __init__(self, wanted: torch.Tensor) -> None:
        self.wanted = wanted

    def __call__(
        self, convolution: Any, inputs: tuple[torch.Tensor, ...], output: torch.Tensor
    ) -> torch.Tensor:
        factor = self.wanted / output.std().clamp_min(SMALLEST)
        # The magnitude that `weight_norm` keeps apart from the direction.
        convolution.parametrizations.weight.original0.mul_(factor)
        return output * factor
