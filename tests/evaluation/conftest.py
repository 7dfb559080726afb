import numpy as np
import pytest
from hypothesis import settings
from numpy.random import default_rng

from evaluation.predictions import Predictions

# A busy machine is not a fault of the code.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")


@pytest.fixture(scope="session")
def make_predictions():
    """A function that makes random predictions, better than chance, ties and absences included."""

    def make(
        items: int, classes: int, seed: int = 0, ties: bool = False, clips_a_group: int = 2
    ) -> Predictions:
        random = default_rng(seed)
        truth = random.integers(0, classes, items)
        evidence = random.exponential(size=(items, classes))
        evidence[np.arange(items), truth] += 0.5
        if ties:
            evidence = np.ceil(evidence * 2)
        return Predictions(
            item_ids=[f"clip {i}" for i in range(items)],
            groups=[f"recordist {i // clips_a_group}" for i in range(items)],
            truth=truth,
            probabilities=evidence / evidence.sum(axis=1, keepdims=True),
            labels=[f"species {i}" for i in range(classes)],
        )

    return make
