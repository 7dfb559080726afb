"""Training, validation and test sets that share no recordist."""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from projects.errors import UserError

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SIDES = (TRAIN, VALIDATION, TEST)


def assign_splits(
    manifest: pd.DataFrame,
    seed: int,
    validation_fraction: float,
    test_fraction: float,
    test_fold: str | None = None,
) -> pd.DataFrame:
    """Puts each recording on one side, stratified by label and grouped by `group`.

    A `split` column in the manifest is taken as it is. With `test_fold`, the recordings whose
    `fold` is that are the test set. Of every label that is drawn from, at least one group stays
    in training.

    Args:
        manifest: One row a recording.
        seed: Of the shuffle; the same seed and manifest give the same split.
        validation_fraction: Of the recordings, about; in (0, 0.5].
        test_fraction: Of the recordings, about; in (0, 0.5]; unused with `test_fold`.
        test_fold: Value of the `fold` column that is the test set.

    Returns:
        The manifest with a `split` column of "train", "validation" or "test".

    Raises:
        UserError: A group on two sides, a side without recordings, or fewer than two labels.
    """
    if manifest["label"].nunique() < 2:
        raise UserError(f"expected two labels or more, got only {manifest['label'].iloc[0]!r}")
    if "split" in manifest and test_fold is not None:
        raise UserError("the manifest has a column split: leave test_fold empty, or the column out")
    if "split" in manifest:
        side = manifest["split"].to_numpy()
    else:
        is_test = (
            _in_fold(manifest, test_fold)
            if test_fold is not None
            else _drawn(manifest, test_fraction, seed)
        )
        side = np.where(is_test, TEST, TRAIN).astype(object)
        rest = manifest[~is_test]
        drawn = _drawn(rest, validation_fraction * len(manifest) / max(len(rest), 1), seed + 1)
        side[np.flatnonzero(~is_test)[drawn]] = VALIDATION
    split = manifest.assign(split=side)
    check_split(split)
    return split


def check_split(split: pd.DataFrame, sides: Sequence[str] = SIDES) -> None:
    """Refuses a split that leaks or that has an empty side.

    Args:
        split: With `group` and `split`.
        sides: That it has to have.

    Raises:
        UserError: Naming the group on two sides, the unknown side, or the empty one.
    """
    unknown = sorted(set(split["split"]) - set(SIDES))
    if unknown:
        raise UserError(f"split: expected {', '.join(SIDES)}, got {unknown[0]!r}")
    sides_of = split.groupby("group")["split"].unique()
    leaking = sides_of[sides_of.map(len) > 1]
    if len(leaking):
        raise UserError(
            f"group {leaking.index[0]!r} is on two sides of the split "
            f"({' and '.join(leaking.iloc[0])}): give all its recordings one side"
        )
    for side in sides:
        if not (split["split"] == side).any():
            raise UserError(
                f"no recording is left for {side}: {split['group'].nunique()} groups are too few, "
                "or the fraction is too small"
            )


def check_same_sound(split: pd.DataFrame) -> None:
    """Refuses a split with one sound, under whatever names, on two sides.

    Args:
        split: With `audio` digests.

    Raises:
        UserError: Naming the recordings.
    """
    sides = split.groupby("audio")["split"].nunique()
    for audio in sides.index[sides > 1][:1]:
        names = split.loc[split["audio"] == audio, "recording_id"]
        raise UserError(
            f"the same sound is on two sides of the split, as {' and '.join(names)}: "
            "keep one, or give both one group"
        )


def unseen_labels(split: pd.DataFrame) -> dict[str, list[str]]:
    """Labels that a side has no recording of.

    Returns:
        Side to its missing labels, sorted.
    """
    labels = set(split["label"])
    return {
        side: sorted(labels - set(split.loc[split["split"] == side, "label"])) for side in SIDES
    }


def _in_fold(manifest: pd.DataFrame, fold: str) -> np.ndarray:
    if "fold" not in manifest:
        raise UserError(f"test_fold={fold}: the manifest has no column fold")
    chosen = (manifest["fold"].astype(str) == fold).to_numpy()
    if not chosen.any():
        folds = ", ".join(sorted(manifest["fold"].astype(str).unique()))
        raise UserError(f"test_fold: expected one of {folds}, got {fold}")
    return chosen


def _drawn(manifest: pd.DataFrame, fraction: float, seed: int) -> np.ndarray:
    groups, labels = manifest["group"].to_numpy(), manifest["label"].to_numpy()
    commonest = manifest["label"].value_counts().max() if len(manifest) else 0
    parts = min(max(round(1 / fraction), 2), len(np.unique(groups)), commonest)
    if parts < 2:
        return np.zeros(len(manifest), bool)
    folds = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    chosen = np.zeros(len(manifest), bool)
    with warnings.catch_warnings():
        # Labels with fewer recordings than parts are ours to handle and to name.
        warnings.filterwarnings("ignore", message="The least populated class")
        chosen[next(folds.split(labels, labels, groups))[1]] = True
    return _keep_every_label(labels, groups, chosen)


def _keep_every_label(labels: np.ndarray, groups: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    kept = chosen.copy()
    for label in np.unique(labels):
        is_label = labels == label
        if kept[is_label].all():
            candidates = groups[is_label]
            smallest = min(np.unique(candidates), key=lambda group: (groups == group).sum())
            kept[groups == smallest] = False
    return kept
