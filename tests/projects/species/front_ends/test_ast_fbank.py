import numpy as np
import pytest
import torch
from transformers import ASTFeatureExtractor

from projects.species.front_ends.ast_fbank import AstFbank

FRONT_END = AstFbank()


def song(seconds=4.0):
    time = np.arange(round(seconds * 16000)) / 16000
    noise = 0.01 * np.random.default_rng(0).standard_normal(len(time))
    return (noise + 0.3 * np.sin(2 * np.pi * (2000 + 500 * time) * time)).astype(np.float32)


def features(samples):
    return FRONT_END.normalised(FRONT_END.log_energies(torch.from_numpy(samples)[None]))


@pytest.mark.parametrize("level", [1.0, 1e-3])
def test_equals_the_extractor_that_the_pretrained_weights_came_with(level):
    """Weights pretrained on other features are worth no more than random ones."""
    extractor = ASTFeatureExtractor(max_length=FRONT_END.frames)
    samples = np.float32(level) * song()
    expected = extractor(samples, sampling_rate=16000, return_tensors="pt")["input_values"]
    assert expected.shape == (1, 398, 128)
    torch.testing.assert_close(features(samples), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("seconds", [1, 1.025, 1.1, 2.3, 4, 10.24, 30])
def test_the_promised_frames_are_the_frames(seconds):
    """A model is built for `frames`: one more or less would not fit."""
    front_end = AstFbank(segment_seconds=seconds)
    assert front_end.log_energies(torch.randn(1, front_end.segment_samples)).shape == (
        1,
        front_end.frames,
        128,
    )


def test_half_precision_in_the_store_changes_nothing_that_matters():
    log_energies = FRONT_END.log_energies(torch.from_numpy(song())[None])
    exact = FRONT_END.normalised(log_energies)
    rounded = FRONT_END.normalised(log_energies.half().float())
    assert (exact - rounded).abs().max() / (exact.max() - exact.min()) < 1e-3


def test_power_undoes_the_logarithm():
    log_energies = FRONT_END.log_energies(torch.from_numpy(song())[None])
    torch.testing.assert_close(
        FRONT_END.log_power(FRONT_END.power(log_energies)), log_energies, atol=1e-4, rtol=0
    )


def test_nothing_is_filtered_away_unless_asked():
    """AudioSet's weights were trained on what lies below 500 Hz, too."""
    assert FRONT_END.high_pass == 0
