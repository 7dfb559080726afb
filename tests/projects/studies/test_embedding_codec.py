"""What an embedding of 32, 64 or 128 costs and gives."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tiny_codec import save_tiny_codec, speech
from tiny_runs import tiny_config, tried, write_csv

from evaluation.findings import paired
from evaluation.quality.metrics import HIGHER_IS_BETTER
from projects.codec.autoencoder.config import AutoencoderConfig
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.samples import TrSamples
from projects.studies.embedding_codec import QUESTION, SPACE, measure, step_seconds
from projects.studies.engine.space import stored


def test_the_seeds_sizes_are_looked_at_and_the_configuration_as_it_stands():
    """The seed asks: 64 is proposed, should we try 32 or 128?"""
    assert {32, 64, 128} <= set(SPACE["embedding_size"].values)
    stored(TrainAutoencoderConfig().model_dump(), SPACE)


def test_timing_a_step_leaves_network_and_random_state_alone():
    """A trial that changed what it measures, or another's start, would not be repeatable."""
    codes = np.random.default_rng(0).integers(0, 1024, (3, 2, 113)).astype(np.int16)
    samples = TrSamples(codes, np.ones((3, 113), bool))
    config = AutoencoderConfig(embedding_size=4, bottleneck=16, width=4)
    network = Autoencoder(config.network_config(samples))
    before = {name: each.clone() for name, each in network.state_dict().items()}
    random = torch.get_rng_state()
    assert step_seconds(SimpleNamespace(config=config, train=samples, network=network)) > 0
    assert torch.equal(torch.get_rng_state(), random)
    after = network.state_dict()
    assert all(torch.equal(after[name], each) for name, each in before.items())


@pytest.mark.long
def test_a_trial_measures_quality_and_what_the_network_costs(url, tmp_path):
    sounds = {f"{n}.wav": speech(3 + n, n % 2) for n in range(3)}
    data = write_csv(tmp_path, sounds, split=["train", "validation", "test"])
    config = tiny_config(data, save_tiny_codec(tmp_path / "codec"), split="groups")
    networks = []

    def measured(trained):
        networks.append(trained.network)
        return measure(trained)

    outcome = tried(config, measured)
    assert list(outcome.values) == list(QUESTION.objectives)
    weights = sum(each.numel() for each in networks[0].parameters())
    assert outcome.values["parameters"] == weights
    assert outcome.items[QUESTION.quality].mean() == pytest.approx(outcome.values[QUESTION.quality])
    assert paired(QUESTION.kind, outcome.items, outcome.items, QUESTION.quality).value == 0
    assert HIGHER_IS_BETTER[QUESTION.quality]
    assert 0 <= outcome.measured["accuracy"] <= 1
