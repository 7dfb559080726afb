import torch

from projects.species.augmentation.time_shift import TimeShift

FRAMES = 12


def ramp(clips: int) -> torch.Tensor:
    """Each frame holds its own number, each band adds a hundred."""
    return (torch.arange(FRAMES)[:, None] + 100 * torch.arange(3.0)).expand(clips, -1, -1)


def test_every_frame_is_kept_in_its_order_round_the_clip():
    """A shift that lost frames would cut the song; one across mel bands would change its pitch."""
    torch.manual_seed(0)
    features = ramp(64)
    for clip in TimeShift(1.0)(features):
        start = int(clip[0, 0])
        assert torch.equal(clip, features[0].roll(-start, dims=0))


def test_all_shifts_are_drawn_alike_and_for_each_clip():
    torch.manual_seed(1)
    starts = TimeShift(1.0)(ramp(12_000))[:, 0, 0].long()
    counts = torch.bincount(starts, minlength=FRAMES)
    assert counts.min() > 850
    assert counts.max() < 1150


def test_probability_0_is_the_identity():
    assert torch.equal(TimeShift(0.0)(ramp(8)), ramp(8))
