"""Which side each TR is on: whole recordings, or blocks of every one."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from projects.audio.splits import check_same_sound
from projects.codec.autoencoder.stimuli import Stimulus
from projects.codec.blocks import GAP, split_runs
from projects.codec.data import SplitConfig
from projects.codec.split import split_by_name
from projects.errors import UserError

Split = Literal["blocks", "groups"]


def split_trs(
    config: SplitConfig, split: Split, stimuli: Sequence[Stimulus], tr: float
) -> list[np.ndarray]:
    """Splits the TRs of recordings.

    Args:
        config: Fractions and seed.
        split: "blocks" cuts every recording into contiguous blocks with gaps; "groups" keeps
            recordings whole, and those of a group on one side.
        stimuli: The recordings.
        tr: Seconds.

    Returns:
        For each recording (n_trs,) of "train", "validation", "test" or "gap".

    Raises:
        UserError: Recordings are too short for blocks, or a side is left empty.
    """
    fractions = (config.validation_fraction, config.test_fraction)
    rows = pd.DataFrame([stimulus.row for stimulus in stimuli])
    if split == "blocks":
        if "split" in rows:
            raise UserError(
                "the manifest has a column split, which split=blocks would pass over: "
                "expected split=groups, or the column left out"
            )
        return _blocks(stimuli, tr, fractions)
    assigned = split_by_name(rows, config.split_seed, *fractions)
    check_same_sound(assigned)
    return [
        np.repeat(side, stimulus.n_trs)
        for side, stimulus in zip(assigned["split"], stimuli, strict=True)
    ]


def _blocks(
    stimuli: Sequence[Stimulus], tr: float, fractions: tuple[float, float]
) -> list[np.ndarray]:
    # One sound heard by two subjects may be cropped differently, and is still split in one way.
    shortest: dict[str, int] = {}
    for stimulus in stimuli:
        audio = str(stimulus.row["audio"])
        shortest[audio] = min(stimulus.n_trs, shortest.get(audio, stimulus.n_trs))
    try:
        lengths = [shortest[str(stimulus.row["audio"])] for stimulus in stimuli]
        split = split_runs(lengths, tr, *fractions)
    except UserError as error:
        raise UserError(f"{error}; or split=groups, for many short recordings") from None
    return [
        np.concatenate([sides, np.repeat(GAP, stimulus.n_trs - len(sides))])
        for sides, stimulus in zip(split, stimuli, strict=True)
    ]


def stretches(sides: np.ndarray, side: str) -> list[tuple[int, int]]:
    """First TR, and the one after the last, of each stretch of a side."""
    inside = np.concatenate([[False], sides == side, [False]]).astype(int)
    starts, ends = np.flatnonzero(np.diff(inside) == 1), np.flatnonzero(np.diff(inside) == -1)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def stretch_table(
    stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray], side: str
) -> pd.DataFrame:
    """The stretches of a side as rows of a manifest, to be logged and to have a digest."""
    return pd.DataFrame(
        {**stimulus.row, "recording_id": f"{stimulus.row['recording_id']}@TR{start}-{end}"}
        for stimulus, each in zip(stimuli, sides, strict=True)
        for start, end in stretches(each, side)
    )
