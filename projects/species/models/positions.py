"""Position embeddings: to start from, and carried over from one patch grid to another."""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

# AST puts a class token and a distillation token before the patches.
TOKENS = 2

LONGEST_PERIOD = 20.0
"""In bands over 2 pi; there are about ten bands."""


def interpolate_positions(
    positions: Tensor, grid: tuple[int, int], new_grid: tuple[int, int]
) -> Tensor:
    """Resize position embeddings bicubically over the (frequency, time) patch grid.

    As AST itself carries the embeddings of ViT over to spectrograms (Gong et al. 2021,
    arXiv:2104.01778), and cheaper than padding short clips to the length of the checkpoint's.

    Args:
        positions: (1, 2 + frequency * time, width): two tokens, then patches, time fastest.
        grid: Patches along (frequency, time) now.
        new_grid: Patches along (frequency, time) wanted.

    Returns:
        (1, 2 + new frequency * new time, width); the tokens are kept, and an axis whose
        number of patches stays is not touched.
    """
    tokens, patches = positions[:, :TOKENS], positions[:, TOKENS:]
    image = patches.unflatten(1, grid).permute(0, 3, 1, 2)
    resized = interpolate(image, size=new_grid, mode="bicubic", align_corners=False)
    return torch.cat((tokens, resized.permute(0, 2, 3, 1).flatten(1, 2)), dim=1)


def frequency_positions(bands: int, steps: int, width: int) -> Tensor:
    """Position embeddings to start from that tell bands apart and not yet times.

    Sinusoids of the band's number (Vaswani et al. 2017, arXiv:1706.03762), the same at every
    time: where in a clip a song stands says nothing of the species, its pitch does.

    Args:
        bands: Patches along frequency.
        steps: Patches along time.
        width: Of an embedding, an even number.

    Returns:
        (bands * steps, width), all steps of the lowest band first.
    """
    rates = LONGEST_PERIOD ** -(torch.arange(width // 2) / (width // 2))
    angles = torch.arange(bands)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1).repeat_interleave(steps, dim=0)
