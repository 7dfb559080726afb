"""Recordings that say something about a model: those that it was not made from."""

import logging
from collections.abc import Set

import pandas as pd

from projects.errors import UserError

logger = logging.getLogger(__name__)


def unseen(seen: Set[str], recordings: pd.DataFrame, who: str = "the model") -> pd.DataFrame:
    """The recordings that a model was neither trained nor selected on.

    Args:
        seen: Digests of the sounds that it was.
        recordings: A manifest with `audio` digests.
        who: What to call the model.

    Raises:
        UserError: It has seen all of them.
    """
    is_seen = recordings["audio"].isin(seen)
    if is_seen.all():
        raise UserError(
            f"{who} was trained on all of these {len(recordings)} recordings: "
            "expected some that it has not seen"
        )
    if is_seen.any():
        logger.info("left out: %d recordings that %s was trained on", is_seen.sum(), who)
    return recordings[~is_seen].reset_index(drop=True)
