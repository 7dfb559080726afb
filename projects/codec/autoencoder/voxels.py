"""Responses read from the bottleneck, where recordings have them."""

from collections.abc import Sequence

import mlflow
import numpy as np
import pandas as pd

from projects.audio.splits import SIDES, TEST
from projects.codec.autoencoder.readout import VoxelReadout
from projects.codec.autoencoder.runs import Run, check_runs, constant_voxels
from projects.codec.autoencoder.stimuli import Stimulus


def check_responses(stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray]) -> None:
    """Refuses, before hours of training, responses that nothing could be read of.

    Args:
        stimuli: With responses or without.
        sides: For each the sides of its TRs.

    Raises:
        UserError: NaN, a side without two TRs or more, or no voxel that changes.
    """
    runs = _runs(np.zeros((sum(map(len, sides)), 1)), stimuli, sides)
    if runs:
        check_runs(runs, SIDES)
        constant_voxels(runs, SIDES)


def log_voxels(
    bottleneck: np.ndarray, stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray], tr: float
) -> None:
    """Fits a readout where recordings have responses, and logs and prints how well it predicts.

    Args:
        bottleneck: (TRs of all stimuli, features).
        stimuli: With responses or without.
        sides: For each the sides of its TRs.
        tr: Seconds.
    """
    runs = _runs(bottleneck, stimuli, sides)
    if not runs:
        return
    readout = VoxelReadout.fit(runs, tr)
    scores = readout.score(runs)
    mlflow.log_metrics(
        {
            f"{TEST}.voxel_correlation.mean": scores.mean,
            f"{TEST}.voxel_correlation.median": scores.median,
            f"{TEST}.voxels_constant": len(scores.constant),
            "readout.alpha": readout.alpha,
        }
    )
    table = pd.DataFrame({"correlation": scores.correlations})
    mlflow.log_text(table.to_csv(index_label="voxel"), f"{TEST}/voxels.csv")
    print(
        f"voxels: held-out correlation {scores.mean:.2f} on average, {scores.median:.2f} in the "
        f"median, of {len(table) - len(scores.constant)} ({len(scores.constant)} constant)"
    )


def _runs(
    features: np.ndarray, stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray]
) -> list[Run]:
    ends = np.cumsum([stimulus.n_trs for stimulus in stimuli])
    return [
        Run(features[end - stimulus.n_trs : end], stimulus.responses, side)
        for end, stimulus, side in zip(ends, stimuli, sides, strict=True)
        if stimulus.responses is not None
    ]
