import numpy as np
import pytest

from projects.audio.splits import SIDES
from projects.codec.autoencoder.voxels import check_responses
from projects.errors import UserError

SPLIT = np.repeat(SIDES, 4)


def noise():
    return np.random.default_rng(0).standard_normal((12, 3)).astype(np.float32)


def test_responses_that_can_be_read_of_are_taken_and_none_is_fine(make_stimulus):
    check_responses([make_stimulus(12, responses=noise())], [SPLIT])
    check_responses([make_stimulus(12)], [SPLIT])


def test_responses_with_nan_are_refused_before_the_training(make_stimulus):
    """Found out after hours, with a version registered that nobody has judged."""
    responses = noise()
    responses[3, 1] = np.nan
    with pytest.raises(UserError, match="responses: expected finite, got NaN"):
        check_responses([make_stimulus(12, responses=responses)], [SPLIT])


def test_a_side_without_responses_is_refused_before_the_training(make_stimulus):
    stimuli = [make_stimulus(12, responses=noise()), make_stimulus(12, "b")]
    with pytest.raises(UserError, match="expected two TRs or more of 'validation'"):
        check_responses(stimuli, [np.repeat("train", 12), SPLIT])


def test_responses_that_never_change_are_refused_before_the_training(make_stimulus):
    with pytest.raises(UserError, match="expected a voxel or more that changes"):
        check_responses([make_stimulus(12, responses=np.ones((12, 3)))], [SPLIT])
