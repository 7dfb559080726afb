"""The learning rate over a training: a linear warm-up, then a cosine down to 0."""

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from projects.errors import UserError


def warmup_cosine(optimizer: Optimizer, warmup_steps: int, total_steps: int) -> LambdaLR:
    """Schedule each parameter group by a factor on its own rate.

    The factor rises from 0 to 1 over the warm-up and falls as half a cosine to 0 at the last
    step (Loshchilov and Hutter 2017, arXiv:1608.03983), so that the ratio between the backbone's
    rate and the head's is the same at every step.

    Args:
        optimizer: Its groups hold their peak rates.
        warmup_steps: Steps before the peak, 0 or more.
        total_steps: Steps of the training, more than the warm-up's.

    Returns:
        A scheduler to be stepped once an optimiser step.

    Raises:
        UserError: The warm-up is negative or leaves no step after it.
    """
    if not 0 <= warmup_steps < total_steps:
        raise UserError(
            f"learning rate: expected a warm-up of 0 to {total_steps - 1} of {total_steps} steps, "
            f"got {warmup_steps}; shorten the warm-up or train longer"
        )

    def factor(step: int) -> float:
        if step < warmup_steps:
            return step / warmup_steps
        progress = (step - warmup_steps) / (total_steps - warmup_steps)
        return 0.5 * (1 + math.cos(math.pi * min(progress, 1)))

    return LambdaLR(optimizer, factor)
