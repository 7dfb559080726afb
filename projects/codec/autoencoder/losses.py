"""How far predicted codes are from the true ones, a codebook at a time; padding never counts."""

from torch import Tensor
from torch.nn import functional

from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig


def code_loss(
    config: AutoencoderNetworkConfig, predicted: Tensor, codes: Tensor, mask: Tensor
) -> Tensor:
    """The loss that a network is trained with; its mean over codebooks is what is minimised.

    Args:
        config: Says which loss, and the number of entries.
        predicted: As the network gives it.
        codes: (batch, codebooks, frames) integers.
        mask: (batch, frames) bool; 0 comes out where it is all False.

    Returns:
        (codebooks,).
    """
    if config.loss == "cross_entropy":
        return cross_entropy(predicted, codes, mask)
    return squared_error(predicted, codes, mask, config.entries)


def cross_entropy(logits: Tensor, codes: Tensor, mask: Tensor) -> Tensor:
    """Mean cross-entropy over frames; ln(entries), 6.93 for 1024, is chance.

    Args:
        logits: (batch, codebooks, entries, frames).
        codes: (batch, codebooks, frames) integers.
        mask: (batch, frames) bool; 0 comes out where it is all False.

    Returns:
        (codebooks,) in nats.
    """
    # The decoder's own order in memory, (batch, frames, codebooks, entries): nothing is copied.
    rows = logits.permute(0, 3, 1, 2).flatten(0, 2)
    names = codes.transpose(1, 2)
    each = functional.cross_entropy(rows, names.flatten().long(), reduction="none")
    return _mean_over_frames(each.view(names.shape).transpose(1, 2), mask)


def squared_error(values: Tensor, codes: Tensor, mask: Tensor, entries: int) -> Tensor:
    """Mean squared error over frames, of codes as if they were quantities from 0 to 1.

    Args:
        values: (batch, codebooks, frames) in [0, entries - 1].
        codes: (batch, codebooks, frames) integers.
        mask: (batch, frames) bool; 0 comes out where it is all False.
        entries: Of a codebook.

    Returns:
        (codebooks,) in [0, 1].

    Source: seeds/encodec_integration.md, AudioDecoder: "scale [0, 1023]".
    """
    return _mean_over_frames(((values - codes) / (entries - 1)) ** 2, mask)


def code_accuracy(predicted: Tensor, codes: Tensor, mask: Tensor) -> Tensor:
    """Share of frames whose code is right; chance is one in the number of entries.

    Args:
        predicted: (batch, codebooks, frames) integers.
        codes: (batch, codebooks, frames) integers.
        mask: (batch, frames) bool; 0 comes out where it is all False.

    Returns:
        (codebooks,) in [0, 1].
    """
    return _mean_over_frames((predicted == codes).float(), mask)


def _mean_over_frames(each: Tensor, mask: Tensor) -> Tensor:
    # Selected, not multiplied: a NaN below the mask times 0 is NaN.
    # A few frames of few TRs may all be padding: then there is nothing to learn from.
    return each.where(mask[:, None], 0).sum(dim=(0, 2)) / mask.sum().clamp(min=1)
