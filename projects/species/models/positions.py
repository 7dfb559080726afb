"""Position embeddings of one patch grid carried over to another."""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

# AST puts a class token and a distillation token before the patches.
TOKENS = 2


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
