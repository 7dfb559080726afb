"""SEANet's convolutions over sounds of any length, a batch of equal windows at a time.

The convolutions are causal and reach back a few frames only, so a window that starts with those
frames gives what the whole sound would; the LSTM, which remembers all, runs over whole sounds at
the frame rate, where it is cheap. Sounds of different lengths become windows of one length, which
is what makes many of them fast, and the memory of a long one bounded.
"""

from collections.abc import Sequence
from itertools import islice
from math import ceil

import torch
from torch import nn
from transformers.models.encodec.modeling_encodec import (
    EncodecConv1d,
    EncodecConvTranspose1d,
    EncodecLSTM,
)

FRESH_FRAMES = 75
"""Frames that a window adds to what is known."""

BATCH = 8
"""Windows at a time: with 16, encoding took 1.7 times as long, on 2 MB of cache a core."""


def downsampled(layers: nn.ModuleList, sounds: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """What an encoder makes of sounds.

    Args:
        layers: Of an `EncodecEncoder` with causal convolutions.
        sounds: Each (frames * hop,), whole frames.

    Returns:
        For each (dimensions, frames), equal to the encoder's own answer.
    """
    split = _lstm_place(layers)
    hop = _stride(layers)
    convolutions = nn.Sequential(*layers[:split])
    reach = ceil(_samples_back(convolutions) / hop)
    features = _windowed(convolutions, [sound[None] for sound in sounds], hop, 1, reach)
    rest = nn.Sequential(*layers[split:])
    return [rest(feature[None])[0] for feature in features]


def upsampled(layers: nn.ModuleList, latents: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """What a decoder makes of latents.

    Args:
        layers: Of an `EncodecDecoder` with causal convolutions.
        latents: Each (dimensions, frames).

    Returns:
        For each (frames * hop,) samples, equal to the decoder's own answer.
    """
    split = _lstm_place(layers) + 1
    first = nn.Sequential(*layers[:split])
    convolutions = nn.Sequential(*layers[split:])
    features = [first(latent[None])[0] for latent in latents]
    reach = ceil(_frames_back(convolutions))
    sounds = _windowed(convolutions, features, 1, _stride(layers), reach)
    return [sound[0] for sound in sounds]


def _windowed(
    network: nn.Module, inputs: Sequence[torch.Tensor], per_in: int, per_out: int, reach: int
) -> list[torch.Tensor]:
    """Runs a causal network on windows: `per_in` and `per_out` are samples a frame."""
    length = FRESH_FRAMES + reach
    cut = [_windows(each, per_in, length, reach) for each in inputs]
    windows = [window for of_one in cut for window in of_one]
    outputs = (
        output
        for start in range(0, len(windows), BATCH)
        for output in network(torch.stack(windows[start : start + BATCH]))
    )
    joined = []
    for each, of_one in zip(inputs, cut, strict=True):
        first, *rest = islice(outputs, len(of_one))
        fresh = [first, *(part[:, reach * per_out :] for part in rest)]
        joined.append(torch.cat(fresh, dim=1)[:, : each.shape[1] // per_in * per_out])
    return joined


def _windows(each: torch.Tensor, per_frame: int, length: int, reach: int) -> list[torch.Tensor]:
    frames = each.shape[1] // per_frame
    count = ceil(max(frames - reach, 1) / FRESH_FRAMES)
    missing = (count * FRESH_FRAMES + reach - frames) * per_frame
    padded = nn.functional.pad(each, (0, missing))
    step, size = FRESH_FRAMES * per_frame, length * per_frame
    return [padded[:, start * step : start * step + size] for start in range(count)]


def _lstm_place(layers: nn.ModuleList) -> int:
    return next(place for place, layer in enumerate(layers) if isinstance(layer, EncodecLSTM))


def _stride(layers: nn.ModuleList) -> int:
    stride = 1
    for layer in layers:
        if isinstance(layer, EncodecConv1d | EncodecConvTranspose1d):
            stride *= layer.conv.stride[0]
    return stride


def _samples_back(convolutions: nn.Module) -> int:
    """How far an output of strided convolutions looks back, in samples."""
    back, step = 0, 1
    for layer in convolutions.modules():
        if isinstance(layer, EncodecConv1d):
            back += int(layer.padding_total) * step
            step *= layer.conv.stride[0]
    return back


def _frames_back(convolutions: nn.Module) -> float:
    """How far an output of transposed convolutions looks back, in frames."""
    back, rate = 0.0, 1
    for layer in convolutions.modules():
        if isinstance(layer, EncodecConvTranspose1d):
            back += (layer.conv.kernel_size[0] / layer.conv.stride[0] - 1) / rate
            rate *= layer.conv.stride[0]
        elif isinstance(layer, EncodecConv1d):
            back += int(layer.padding_total) / rate
    return back
