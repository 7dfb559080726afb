"""The baseline's coefficients and its network."""

import librosa
import numpy as np
import pytest
import torch

from projects.errors import UserError
from projects.species.models.load import load_network
from projects.species.models.mfcc_cnn import MfccCnn, build_mfcc_cnn

LABELS = ["Parus major", "Turdus merula"]


def network(**changes) -> MfccCnn:
    torch.manual_seed(0)
    return build_mfcc_cnn(LABELS, 128, **{"coefficients": 40, **changes}).eval()


def test_the_coefficients_are_those_of_librosa():
    log_mel = torch.randn(2, 44, 128)
    found = network().coefficients(log_mel)
    expected = [librosa.feature.mfcc(S=clip.T.numpy(), n_mfcc=40).T for clip in log_mel]
    np.testing.assert_allclose(found.numpy(), np.stack(expected), atol=1e-4)


def test_a_louder_or_brighter_clip_moves_the_first_coefficient_only():
    """What a normalisation of the clip adds is a constant, and the cosines have none."""
    log_mel = torch.randn(1, 44, 128)
    moved = network().coefficients(log_mel + 3) - network().coefficients(log_mel)
    assert moved[..., 0].abs().min() > 1
    torch.testing.assert_close(moved[..., 1:], torch.zeros_like(moved[..., 1:]), rtol=0, atol=1e-4)


@pytest.mark.parametrize("frames", [1, 44, 216])
def test_clips_of_any_length_give_logits(frames):
    assert network()(torch.randn(3, frames, 128)).logits.shape == (3, 2)


def test_what_was_saved_loads_again_and_answers_the_same(tmp_path):
    model = network(dropout=0.5)
    model.save_pretrained(tmp_path)
    again = load_network(tmp_path)
    features = torch.randn(2, 44, 128)
    assert torch.equal(again(features).logits, model(features).logits)


@pytest.mark.parametrize("coefficients", [0, 129])
def test_more_coefficients_than_bands_are_refused(coefficients):
    with pytest.raises(UserError, match="expected 1 to 128 coefficients of 128 mel bands"):
        network(coefficients=coefficients)
