"""A codec on disk, in the `save_pretrained` form, small and with what it has heard."""

import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

import torch
from transformers import EncodecModel

from projects.audio.atomic import write_text
from projects.codec.load import SEEN, TRAINING_ONLY

CARD = "README.md"


def save_codec(model: EncodecModel, folder: Path, seen: Iterable[str], card: str) -> None:
    """Writes a codec whole: a folder that stands there already is replaced at the end.

    Weights are kept in half precision, which costs less sound than a codebook's last bit, and
    what codebooks are trained with is left out.

    Args:
        model: The codec.
        folder: Where it shall stand.
        seen: Digests of the recordings that it was trained or selected on.
        card: Markdown: on what it was trained and what it reaches.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_name(f".partial-{uuid.uuid4().hex}")
    half = {
        name: tensor.to("cpu", torch.float16)
        for name, tensor in model.state_dict().items()
        if not name.endswith(TRAINING_ONLY)
    }
    try:
        model.save_pretrained(temporary, state_dict=half)
        write_text(temporary / SEEN, "\n".join(sorted(seen)) + "\n")
        write_text(temporary / CARD, card)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
