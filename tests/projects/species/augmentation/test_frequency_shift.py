import pytest
import torch

from projects.errors import UserError
from projects.species.augmentation.frequency_shift import FrequencyShift


def test_a_whistle_moves_by_at_most_the_bands_asked_and_keeps_its_rhythm():
    """Further would turn one species' pitch range into another's."""
    torch.manual_seed(0)
    clips = torch.zeros(200, 20, 64)
    clips[:, ::4, 30] = 1
    moved = FrequencyShift(5)(clips)
    bands = moved[:, 0].argmax(dim=1)
    assert set(bands.tolist()) == set(range(25, 36))
    assert torch.equal(moved.sum(dim=2), clips.sum(dim=2))


def test_no_bands_is_no_shift():
    clips = torch.randn(3, 10, 16)
    assert torch.equal(FrequencyShift(0)(clips), clips)


def test_the_edge_is_repeated_not_wrapped():
    """A low hum must not come back as a high whistle."""
    torch.manual_seed(0)
    clips = torch.zeros(50, 4, 16)
    clips[:, :, 0] = 1
    assert FrequencyShift(3)(clips)[:, :, 8:].sum() == 0


def test_a_negative_shift_is_refused():
    with pytest.raises(UserError, match="0 or more, got -1"):
        FrequencyShift(-1)
