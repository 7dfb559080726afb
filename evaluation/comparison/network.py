"""A trained network with all that a comparison shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evaluation.bootstrap import Interval
from evaluation.predictions import Predictions

SEED = "seed"
"""The setting that a recipe's networks differ in."""


@dataclass(frozen=True, eq=False)
class Network:
    """One training and one evaluation.

    Attributes:
        name: What its run is called.
        run_id: Of that run.
        version: Registered model and version, as `species-classifier 3`.
        family: What people call networks of this kind, as `AST`; empty where nobody said.
        recipe: Shared with the networks that differ by their seed only; empty where nobody said.
        settings: Setting to value, all that change the network, `SEED` among them.
        dataset: Digest of the test set.
        predictions: On its clips.
        training: Metrics of the training that a gate may ask for.
        costs: `epochs`, `seconds`, `parameters`, `latency` (seconds) and `size` (bytes); those
            that were not measured are absent.
        machine: That latency was measured on.
        recordings: One row a recording: label, group, split and audio digest.
        progress: Epoch to validation accuracy.
    """

    name: str
    run_id: str
    version: str
    family: str
    recipe: str
    settings: Mapping[str, str]
    dataset: str
    predictions: Predictions
    training: Mapping[str, Interval]
    costs: Mapping[str, float]
    machine: str
    recordings: pd.DataFrame
    progress: Mapping[int, float]
