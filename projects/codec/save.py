"""A codec on disk, in the `save_pretrained` form, small and with what it has heard."""

import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

import torch
from transformers import EncodecModel

from projects.audio.atomic import write_text
from projects.codec.load import SEEN, TRAINING_ONLY
from projects.errors import UserError

CARD = "README.md"
OWN_FILES = {"config.json", "model.safetensors", SEEN, CARD}


def save_codec(model: EncodecModel, folder: Path, seen: Iterable[str], card: str) -> None:
    """Writes a codec whole: one that stands there already is replaced at the end.

    Weights are kept in half precision, which costs less sound than a codebook's last bit, and
    what codebooks are trained with is left out.

    Args:
        model: The codec.
        folder: Where it shall stand.
        seen: Digests of the recordings that it was trained or selected on.
        card: Markdown: on what it was trained and what it reaches.

    Raises:
        UserError: Something else than a codec stands there.
    """
    check_replaceable(folder)
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_name(f".partial-{uuid.uuid4().hex}")
    replaced = temporary.with_suffix(".replaced")
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
            # Not removed first, which takes a while in which a kill would leave half a codec.
            folder.rename(replaced)
        temporary.rename(folder)
        shutil.rmtree(replaced, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_replaceable(folder: Path) -> None:
    """Refuses to write a codec over a person's other files.

    Raises:
        UserError: Something else than a codec or an empty folder stands there.
    """
    if folder.is_dir() and {path.name for path in folder.iterdir()} <= OWN_FILES:
        return
    if folder.exists():
        raise UserError(
            f"out: expected a folder that is new, empty or holds a codec, got {str(folder)!r}, "
            "where other files are: choose another"
        )
