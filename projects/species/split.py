"""The split of a species training: drawn, checked for leaks, announced and logged."""

import logging
from io import StringIO

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException

from evaluation.evaluation import as_dataset
from projects.audio.manifest import dataset_digest
from projects.audio.splits import (
    SIDES,
    TRAIN,
    assign_splits,
    check_same_sound,
    check_split,
    unseen_labels,
)
from projects.errors import UserError
from projects.species.data import SplitConfig

SPLIT_TABLE = "dataset/split.csv"

logger = logging.getLogger(__name__)


def split_recordings(
    config: SplitConfig, manifest: pd.DataFrame, recordings: pd.DataFrame
) -> pd.DataFrame:
    """Splits recordings as the configuration says, and names labels that a side lacks.

    The whole manifest is split, usable or not, so that a file which cannot be read today does
    not move the others to another side.

    Args:
        config: Fractions, fold and seed.
        manifest: All recordings.
        recordings: Those of them that are used, with their `audio` digest.

    Returns:
        The recordings with their `split`.

    Raises:
        UserError: The split leaks, or a label has no training recording.
    """
    sides = assign_splits(
        manifest,
        config.split_seed,
        config.validation_fraction,
        config.test_fraction,
        config.test_fold,
    )
    side_of = dict(zip(sides["recording_id"], sides["split"], strict=True))
    split = recordings.assign(split=recordings["recording_id"].map(side_of))
    check_split(split)
    check_same_sound(split)
    for side, labels in unseen_labels(split).items():
        if labels and side == TRAIN:
            raise UserError(f"no training recording of {labels[0]!r}: give it one or leave it out")
        if labels:
            logger.info("no %s recording of: %s", side, ", ".join(labels))
    return split


def log_split(split: pd.DataFrame) -> None:
    """Logs each side as a dataset with its digest, and the whole table."""
    for side in SIDES:
        rows = split[split["split"] == side]
        mlflow.log_input(as_dataset(rows, side, dataset_digest(rows)), context=side)
    columns = ["recording_id", "label", "group", "split", "audio"]
    mlflow.log_text(split[columns].to_csv(index=False), SPLIT_TABLE)


def read_split(run_id: str) -> pd.DataFrame:
    """The table that `log_split` wrote into a run, all of it as text.

    Raises:
        UserError: The run has none.
    """
    try:
        text = mlflow.artifacts.load_text(f"runs:/{run_id}/{SPLIT_TABLE}")
    except (MlflowException, OSError) as error:
        reason = (str(error).splitlines() or ["gone"])[0]
        raise UserError(f"run {run_id}: expected {SPLIT_TABLE}, got none: {reason}") from error
    return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
