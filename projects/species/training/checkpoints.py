"""Checkpoints of a training, so that the same command goes on after a kill."""

import logging
import shutil
from pathlib import Path

from transformers.trainer_callback import TrainerState

logger = logging.getLogger(__name__)

STATE = "trainer_state.json"
"""Written last in a checkpoint."""


def last_whole_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end; half-written ones are removed.

    Args:
        folder: Holds `checkpoint-<step>` folders, or does not exist.
    """
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: -int(path.name.split("-")[1]))
    for checkpoint in found:
        if _is_whole(checkpoint):
            logger.info("going on from %s", checkpoint)
            return checkpoint
        logger.warning("%s was not written to its end and is removed", checkpoint)
        shutil.rmtree(checkpoint)
    return None


def _is_whole(checkpoint: Path) -> bool:
    try:
        TrainerState.load_from_json(str(checkpoint / STATE))
    except (OSError, ValueError, TypeError):
        return False
    return True
