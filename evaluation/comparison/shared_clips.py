"""The clips that all of several networks could score."""

from collections.abc import Sequence

from evaluation.predictions import Predictions
from projects.errors import UserError


def shared_clips(answers: Sequence[Predictions]) -> list[Predictions]:
    """Brings predictions to the clips that all have, in one order, the labels in one too.

    Args:
        answers: Of networks that were asked about the same recordings.

    Raises:
        UserError: There is no such clip.
    """
    shared = set.intersection(*(set(each.item_ids) for each in answers))
    if not shared:
        raise UserError("expected a clip that every network could score, got none")
    tables = [each.to_table() for each in answers]
    return [
        Predictions.from_table(table[table["item"].isin(shared)].sort_values("item"))
        for table in tables
    ]
