import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy, one_hot

from projects.errors import UserError
from projects.species.losses import class_weights, focal_loss


def soft_batch(seed: int, scale: float = 3.0) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return scale * torch.randn(8, 5), torch.rand(8, 5).softmax(dim=1)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1000), scale=st.floats(0.1, 50), weighted=st.booleans())
def test_gamma_0_is_the_cross_entropy_of_torch(seed, scale, weighted):
    """A gamma of 0 is how a person switches focus off: it must then be what it says."""
    logits, targets = soft_batch(seed, scale)
    weights = torch.rand(5) if weighted else None
    ours = focal_loss(logits, targets, gamma=0.0, class_weights=weights)
    assert torch.allclose(ours, cross_entropy(logits, targets, weight=weights), rtol=1e-5)


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0, 5.0])
def test_hard_labels_give_the_formula_of_the_paper(gamma):
    """-(1 - p)^gamma log p of the right class, worked out with the standard library."""
    rows, labels = [[2.0, -1.0, 0.5], [0.0, 0.3, -4.0]], [0, 2]
    expected = 0.0
    for row, label in zip(rows, labels, strict=True):
        p = math.exp(row[label]) / sum(math.exp(value) for value in row)
        expected -= (1 - p) ** gamma * math.log(p) / len(rows)
    loss = focal_loss(torch.tensor(rows), one_hot(torch.tensor(labels), 3).float(), gamma)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_every_class_of_a_soft_label_counts_with_its_own_weight():
    """MixUp gives such labels; a hard-label focal loss would drop the partner."""
    logits, weights = torch.tensor([[1.0, 0.0, -1.0]]), torch.tensor([0.5, 2.0, 1.0])
    p = logits.double().softmax(dim=1)[0].tolist()
    expected = -sum(
        w * t * (1 - q) ** 2 * math.log(q)
        for w, t, q in zip([0.5, 2, 1], [0.7, 0.3, 0], p, strict=True)
    )
    loss = focal_loss(logits, torch.tensor([[0.7, 0.3, 0.0]]), 2.0, weights)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("logit", [1e4, -1e4, 100.0, 0.0])
def test_extreme_logits_give_finite_loss_and_slope(logit, gamma):
    """One NaN, from a clip the model is sure of, would end a training of days."""
    logits = torch.tensor([[logit, 0.0, 0.0]], requires_grad=True)
    loss = focal_loss(logits, torch.tensor([[1.0, 0.0, 0.0]]), gamma)
    loss.backward()
    assert loss.isfinite()
    assert logits.grad.isfinite().all()


def test_the_slope_is_the_one_of_the_formula():
    logits, targets = (tensor.double() for tensor in soft_batch(3))
    logits.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: focal_loss(x, targets, 2.0), logits)


def test_focus_lowers_the_say_of_easy_clips():
    easy, hard = torch.tensor([[4.0, 0.0]]), torch.tensor([[-1.0, 0.0]])
    target = torch.tensor([[1.0, 0.0]])
    plain = focal_loss(easy, target, 0.0) / focal_loss(hard, target, 0.0)
    focused = focal_loss(easy, target, 2.0) / focal_loss(hard, target, 2.0)
    assert focused < plain / 100


def test_targets_of_another_shape_are_refused_and_not_broadcast():
    with pytest.raises(UserError, match=r"expected targets of shape \(4, 4\)"):
        focal_loss(torch.randn(4, 4), torch.ones(4), 2.0)


def test_a_negative_gamma_is_refused():
    with pytest.raises(UserError, match="expected gamma of 0 or more, got -1"):
        focal_loss(*soft_batch(0), gamma=-1)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=90))
def test_rare_classes_weigh_more_and_the_mean_is_1(counts):
    weights = class_weights(torch.tensor(counts))
    assert weights.mean().item() == pytest.approx(1, abs=1e-4)
    assert (weights > 0).all()
    order = torch.tensor(counts).argsort()
    assert (weights[order].diff() <= 1e-6).all()


def test_four_times_the_clips_is_half_the_weight():
    weights = class_weights(torch.tensor([100, 400]))
    assert (weights[0] / weights[1]).item() == pytest.approx(2)


def test_a_class_without_clips_has_a_finite_weight():
    """A grouped split may leave a class without training clips."""
    assert torch.equal(class_weights(torch.tensor([0, 9])), class_weights(torch.tensor([1, 9])))
