import pytest
import torch
from transformers import get_cosine_schedule_with_warmup

from projects.errors import UserError
from projects.species.schedule import warmup_cosine


def two_groups() -> torch.optim.Optimizer:
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    return torch.optim.AdamW(
        [{"params": [weights[0]], "lr": 5e-5}, {"params": [weights[1]], "lr": 1e-3}]
    )


def rates(optimizer, schedule, steps: int) -> list[tuple[float, float]]:
    seen = []
    for _ in range(steps):
        seen.append(tuple(group["lr"] for group in optimizer.param_groups))
        optimizer.step()
        schedule.step()
    return seen


def test_backbone_and_head_keep_their_ratio_at_every_step():
    """The seed's fault: the warm-up set both to the head's rate and tore up the backbone."""
    optimizer = two_groups()
    seen = rates(optimizer, warmup_cosine(optimizer, 10, 50), steps=50)
    assert seen[0] == (0.0, 0.0)
    for backbone, head in seen[1:]:
        assert head / backbone == pytest.approx(20)
    assert seen[10] == pytest.approx((5e-5, 1e-3))


@pytest.mark.parametrize("warmup", [0, 1, 10, 49])
def test_the_curve_is_that_of_transformers(warmup):
    ours, theirs = two_groups(), two_groups()
    seen = rates(ours, warmup_cosine(ours, warmup, 50), steps=51)
    peer = rates(theirs, get_cosine_schedule_with_warmup(theirs, warmup, 50), steps=51)
    assert seen == [pytest.approx(pair, abs=1e-12) for pair in peer]


def test_steps_after_the_last_do_not_bring_the_rate_back():
    optimizer = two_groups()
    seen = rates(optimizer, warmup_cosine(optimizer, 2, 10), steps=20)
    assert all(pair == pytest.approx((0, 0), abs=1e-12) for pair in seen[10:])


@pytest.mark.parametrize("warmup", [-1, 10, 11])
def test_a_warmup_as_long_as_the_training_is_refused(warmup):
    with pytest.raises(UserError, match="expected a warm-up of 0 to 9 of 10 steps"):
        warmup_cosine(two_groups(), warmup, 10)
