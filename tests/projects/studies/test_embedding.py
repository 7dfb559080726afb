"""Quality is weighed against what a network costs, so the costs must be the network's own."""

import numpy as np
import torch
from numpy.random import default_rng

from evaluation.predictions import Predictions
from projects.species.models.ast import build_ast
from projects.studies.embedding import QUESTION, SPACE, measure
from projects.studies.species_trials import Trained

LABELS = ["owl", "wren"]


class FewClips:
    """Stands for a training's material: noise in place of spectrograms."""

    train = tuple(range(6))

    def stack(self, clips: list[int]) -> dict[str, torch.Tensor]:
        return {"input_values": torch.randn(len(clips), 48, 32), "labels": torch.eye(2)[[0] * 6]}

    def plain(self, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return batch


def trained(width: int) -> Trained:
    random = default_rng(0)
    right = random.random((10, 1)) * 0.4 + 0.6
    predictions = Predictions(
        [f"clip {i}" for i in range(10)],
        [f"recordist {i % 3}" for i in range(10)],
        np.arange(10) % 2,
        np.where(np.arange(10)[:, None] % 2 == [0, 1], right, 1 - right),
        LABELS,
    )
    model = build_ast(LABELS, 48, 32, embedding_size=width, depth=1, heads=2)
    return Trained(model, FewClips(), predictions, 6)


def test_a_wider_network_is_told_to_be_larger():
    narrow, wide = measure(trained(16)), measure(trained(64))
    assert narrow.values["macro_f1"] == wide.values["macro_f1"] == 1
    own = sum(weight.numel() for weight in trained(64).model.parameters())
    assert wide.values["parameters"] == own > 4 * narrow.values["parameters"]
    assert narrow.values["step_seconds"] > 0
    assert set(narrow.values) == set(QUESTION.objectives)


def test_every_size_that_is_proposed_makes_a_network_of_the_default_heads():
    """Otherwise trials of a study fail by its own proposals."""
    heads = QUESTION.job.model_fields["heads"].default
    for size in SPACE["embedding_size"].values:
        QUESTION.job.validated({"embedding_size": size})
        assert size % heads == 0
