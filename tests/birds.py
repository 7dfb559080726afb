"""A split of recordings of four species, and what networks of some skill say of its test side."""

import numpy as np
import pandas as pd
from numpy.random import default_rng

from evaluation.predictions import Predictions

SPECIES = ["blackbird", "owl", "robin", "wren"]
TRAINING = {"blackbird": 40, "owl": 4, "robin": 30, "wren": 20}
GROUPS, CLIPS = 15, 4


def recordings(test: str = "test", trained_on: str = "training") -> pd.DataFrame:
    """A split: of the test side each of 15 recordists has a recording of every species.

    Args:
        test: Tells one test set's sounds from another's.
        trained_on: Tells one training set's sounds from another's.
    """
    rows = [
        (f"clip {group * CLIPS + place:03}", label, f"recordist {group}", "test", test)
        for group in range(GROUPS)
        for place, label in enumerate(SPECIES)
    ]
    rows += [
        (f"{label} {place}", label, f"other {place}", "train", trained_on)
        for label, number in TRAINING.items()
        for place in range(number)
    ]
    table = pd.DataFrame(rows, columns=["recording_id", "label", "group", "split", "audio"])
    return table.assign(audio=table["audio"] + " " + table["recording_id"])


def answers(skill: float, seed: int = 0, names: list[str] | None = None) -> Predictions:
    """What a network of some accuracy says of the test recordings; luck is the seed's."""
    random = default_rng([seed, 7])
    truth = np.tile(np.arange(len(SPECIES)), GROUPS)
    right = random.random(len(truth)) < skill
    said = np.where(right, truth, (truth + random.integers(1, len(SPECIES), len(truth))) % 4)
    return Predictions(
        [f"clip {clip:03}" for clip in range(len(truth))],
        [f"recordist {clip // CLIPS}" for clip in range(len(truth))],
        truth,
        np.where(np.arange(len(SPECIES)) == said[:, None], 0.85, 0.05),
        names or SPECIES,
    )
