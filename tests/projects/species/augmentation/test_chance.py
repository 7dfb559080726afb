import pytest
import torch

from projects.errors import UserError
from projects.species.augmentation.chance import chosen
from projects.species.augmentation.mixup import MixUp
from projects.species.augmentation.noise import BackgroundNoise
from projects.species.augmentation.spec_augment import SpecAugment
from projects.species.augmentation.time_shift import TimeShift


def test_the_share_of_augmented_clips_is_the_probability_asked():
    torch.manual_seed(0)
    assert chosen(20_000, 0.3).float().mean().item() == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize(
    "build",
    [
        lambda p: SpecAugment(8, 20, 2, p),
        lambda p: MixUp(0.4, p),
        TimeShift,
        BackgroundNoise,
    ],
)
def test_an_impossible_probability_is_refused_when_the_training_is_set_up(build, probability):
    with pytest.raises(UserError, match=r"expected a probability from 0 to 1, got"):
        build(probability)
