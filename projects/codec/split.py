"""Which side of the split a group is on: by its name alone.

So a speaker is on one side in every data set, whatever else is in it: a codec that was trained on
speech and music has not heard the test speakers of the speech alone.
"""

import hashlib
from collections.abc import Sequence

import pandas as pd

from projects.audio.splits import TEST, TRAIN, VALIDATION, check_split


def split_by_name(
    manifest: pd.DataFrame, seed: int, validation_fraction: float, test_fraction: float
) -> pd.DataFrame:
    """Puts each recording on the side that a hash of its group gives.

    A `split` column in the manifest is taken as it is.

    Args:
        manifest: One row a recording.
        seed: Of the hash.
        validation_fraction: Of the groups, about; in (0, 0.5].
        test_fraction: Of the groups, about; in (0, 0.5].

    Returns:
        The manifest with a `split` column of "train", "validation" or "test".

    Raises:
        UserError: A group on two sides, or a side without recordings.
    """
    if "split" in manifest:
        split = manifest
    else:
        place = {group: _place(seed, group) for group in manifest["group"]}
        side = {group: TRAIN for group in place}
        side |= {g: VALIDATION for g in place if place[g] < test_fraction + validation_fraction}
        side |= {g: TEST for g in place if place[g] < test_fraction}
        _fill_empty_sides(side, sorted(place, key=lambda group: place[group]))
        split = manifest.assign(split=manifest["group"].map(side))
    check_split(split)
    return split


def _fill_empty_sides(side: dict[str, str], in_order: Sequence[str]) -> None:
    """With few groups chance leaves a side empty: one at an end of the order is then its group."""
    for place, wanted in ((-1, TRAIN), (0, TEST), (1, VALIDATION)):
        if wanted not in side.values() and place < len(in_order):
            side[in_order[place]] = wanted


def _place(seed: int, group: str) -> float:
    """A number in [0, 1) that is the same for this name wherever it turns up."""
    return int(hashlib.sha256(f"{seed}:{group}".encode()).hexdigest()[:12], 16) / 16**12
