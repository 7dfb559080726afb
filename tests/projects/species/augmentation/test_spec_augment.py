import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.errors import UserError
from projects.species.augmentation.spec_augment import SpecAugment

FRAMES, MELS = 40, 24


def batch(seed: int, clips: int = 8) -> torch.Tensor:
    torch.manual_seed(seed)
    return torch.randn(clips, FRAMES, MELS) + 3


@settings(deadline=None, max_examples=60)
@given(
    frequency_mask=st.integers(0, MELS - 1),
    time_mask=st.integers(0, FRAMES - 1),
    masks=st.integers(1, 3),
    seed=st.integers(0, 1000),
)
def test_no_more_is_hidden_than_allowed_and_the_rest_is_untouched(
    frequency_mask, time_mask, masks, seed
):
    """Were this wrong, the song itself could vanish, or a mask lie across the wrong axis."""
    features = batch(seed)
    masked = SpecAugment(frequency_mask, time_mask, masks, 1.0)(features)
    for before, after in zip(features, masked, strict=True):
        hidden = before != after
        whole_frames, whole_bands = hidden.all(dim=1), hidden.all(dim=0)
        assert whole_frames.sum() <= masks * time_mask
        assert whole_bands.sum() <= masks * frequency_mask
        assert torch.equal(hidden, whole_frames[:, None] | whole_bands[None, :])


def test_masks_reach_the_widths_asked_on_the_axis_asked():
    """Time and mel exchanged would run without an error and hide the wrong things."""
    bands, frames = set(), set()
    for seed in range(20):
        features = batch(seed, clips=32)
        banded = SpecAugment(3, 0, 1, 1.0)(features) != features
        stretched = SpecAugment(0, 7, 1, 1.0)(features) != features
        bands |= set(banded.all(dim=1).sum(dim=1).tolist())
        frames |= set(stretched.all(dim=2).sum(dim=1).tolist())
    assert bands == set(range(4))
    assert frames == set(range(8))


def test_hidden_places_hold_the_clips_own_mean():
    """Zeros would be a loud edge in features that are not centred at zero."""
    features = batch(1)
    masked = SpecAugment(8, 20, 2, 1.0)(features)
    means = features.mean(dim=(1, 2), keepdim=True).expand_as(features)
    hidden = masked != features
    assert hidden.any()
    assert torch.equal(masked[hidden], means[hidden])


def test_probability_0_is_the_identity():
    features = batch(2)
    assert torch.equal(SpecAugment(8, 20, 2, 0.0)(features), features)


def test_probability_1_masks_every_clip():
    """Four masks of up to 8 bands and 20 frames all have width 0 once in 35,000 clips."""
    features = batch(3, clips=256)
    changed = (SpecAugment(8, 20, 2, 1.0)(features) != features).flatten(1).any(dim=1)
    assert changed.all()


def test_clips_of_one_batch_get_masks_of_their_own():
    features = batch(4, clips=1).expand(16, -1, -1)
    masked = SpecAugment(8, 20, 2, 1.0)(features)
    assert len({clip.numpy().tobytes() for clip in masked}) == 16


def test_the_same_seed_repeats_the_same_masks():
    features = batch(5)
    augment = SpecAugment(8, 20, 2, 0.5)
    torch.manual_seed(9)
    first = augment(features)
    torch.manual_seed(9)
    assert torch.equal(augment(features), first)


@pytest.mark.parametrize("widths", [(MELS, 5), (5, FRAMES)])
def test_a_mask_that_could_hide_the_whole_clip_is_refused(widths):
    with pytest.raises(UserError, match="expected masks narrower than the clip of 40 frames"):
        SpecAugment(*widths, masks=1, probability=1.0)(batch(6))


@pytest.mark.parametrize("sizes", [(-1, 5, 1), (5, -1, 1), (5, 5, 0)])
def test_an_impossible_mask_is_refused_at_construction(sizes):
    with pytest.raises(UserError, match=r"expected \w+ of \d or more, got"):
        SpecAugment(*sizes, probability=1.0)
