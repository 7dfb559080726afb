"""Training losses for unequal and hard classes."""

import torch
from torch import Tensor

from projects.errors import UserError


def focal_loss(
    logits: Tensor, targets: Tensor, gamma: float, class_weights: Tensor | None = None
) -> Tensor:
    """Cross-entropy that looks away from what is already right (Lin et al. 2017).

    `-sum_c w_c t_c (1 - p_c)^gamma log p_c`, averaged over the batch (arXiv:1708.02002, with
    soft labels). Gamma 0 without weights is cross-entropy.

    Args:
        logits: (batch, classes).
        targets: (batch, classes) probabilities.
        gamma: Focus, 0 or more; 2 is the paper's.
        class_weights: (classes,) factors, or None for 1 each.

    Returns:
        A scalar, 0 or more.

    Raises:
        UserError: The shapes differ or gamma is negative.
    """
    if logits.shape != targets.shape:
        raise UserError(
            f"focal loss: expected targets of shape {tuple(logits.shape)}, "
            f"got {tuple(targets.shape)}; give one probability a class"
        )
    if not gamma >= 0:
        raise UserError(f"focal loss: expected gamma of 0 or more, got {gamma}; 2 is usual")
    log_p = logits.log_softmax(dim=-1)
    # Below gamma 1 the slope of x^gamma at 0 is infinite, and infinity times 0 is NaN.
    miss = (-torch.expm1(log_p)).clamp(min=torch.finfo(log_p.dtype).tiny)
    terms = targets * miss**gamma * log_p
    if class_weights is not None:
        terms = terms * class_weights.to(terms)
    return -terms.sum(dim=-1).mean()


def class_weights(counts: Tensor) -> Tensor:
    """Weigh classes by the inverse square root of their frequency, with mean 1 over classes.

    The square root lies half way between no weighting and equal total weight a class, and so
    keeps one rare class from ruling the loss. A class without clips weighs as one of one clip.

    Args:
        counts: (classes,) training clips of each class, 0 or more.

    Returns:
        (classes,) float32 weights, all above 0.
    """
    weights = counts.clamp(min=1).float().rsqrt()
    return weights / weights.mean()
