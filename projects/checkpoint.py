"""The state of a training on disk: whole or not at all, and never a pickle of more than values."""

from pathlib import Path
from typing import Any

import torch

from projects.audio.atomic import written_whole


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Writes tensors and plain values."""
    with written_whole(path) as temporary:
        torch.save(state, temporary)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """What `save_checkpoint` wrote, on the CPU; None where there is none."""
    if not path.exists():
        return None
    # Tensors and plain values only; a pickle of anything else is refused.
    return torch.load(path, map_location="cpu", weights_only=True)
