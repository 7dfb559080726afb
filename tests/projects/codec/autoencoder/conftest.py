"""Recordings on the TR grid without a codec."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from projects.codec.autoencoder.stimuli import Stimulus
from projects.codec.tr_features import TrFeatures
from projects.codec.tr_grid import TrGrid

TR = 2.0
RATE = 75.0


@pytest.fixture
def make_stimulus() -> Callable[..., Stimulus]:
    """Makes a recording of so many TRs of 2 s, with codes that nobody listens to."""

    def make(n_trs: int, name: str = "a", responses: np.ndarray | None = None, **row) -> Stimulus:
        grid = TrGrid(TR, RATE, round(n_trs * TR * RATE))
        codes = np.zeros((n_trs, 2, grid.width), np.int16)
        named = {"recording_id": name, "group": name, "label": "speech", "audio": f"sound {name}"}
        return Stimulus(
            pd.Series(named | row), TrFeatures("encodec", "c", codes, grid), n_trs, {}, responses
        )

    return make
