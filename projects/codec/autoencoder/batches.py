"""TRs as the network takes them."""

from collections.abc import Iterator
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor

from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.codec.autoencoder.samples import TrSamples
from projects.errors import UserError

TRS_AT_ONCE = 32
"""Without gradients; the logits of 32 TRs and 32 codebooks take half a gigabyte."""


class Batch(TypedDict):
    """The network's arguments, by name."""

    codes: Tensor
    mask: Tensor
    video: Tensor | None
    text: Tensor | None


def to_batch(samples: TrSamples, device: torch.device) -> Batch:
    """Brings samples onto a device."""
    return {
        "codes": torch.from_numpy(samples.codes.astype(np.int64)).to(device),
        "mask": torch.from_numpy(np.ascontiguousarray(samples.mask)).to(device),
        "video": _features(samples.video, device),
        "text": _features(samples.text, device),
    }


def in_order(samples: TrSamples, device: torch.device) -> Iterator[Batch]:
    """All samples, a few at a time."""
    for start in range(0, len(samples), TRS_AT_ONCE):
        rows = np.arange(start, min(start + TRS_AT_ONCE, len(samples)))
        yield to_batch(samples.part(rows), device)


def check_fits(samples: TrSamples, config: AutoencoderNetworkConfig) -> None:
    """Refuses samples that a network of these sizes cannot take.

    Raises:
        UserError: Another number of codebooks, frames or features, or a code that no entry has.
    """
    came = samples.codes.shape[1:]
    if came != (config.codebooks, config.frames):
        raise UserError(
            f"codes: expected {config.codebooks} codebooks of {config.frames} frames as the "
            f"autoencoder has, got {came[0]} of {came[1]}"
        )
    if samples.codes.max() >= config.entries:
        raise UserError(f"codes: expected below {config.entries}, got {samples.codes.max()}")
    for name, features, size in (
        ("video", samples.video, config.video_size),
        ("text", samples.text, config.text_size),
    ):
        if features is not None and features.shape[1] != size:
            raise UserError(
                f"{name}: expected {size} features as the autoencoder has, got {features.shape[1]}"
            )


def _features(features: np.ndarray | None, device: torch.device) -> Tensor | None:
    return None if features is None else torch.from_numpy(features.astype(np.float32)).to(device)
