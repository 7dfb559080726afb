import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from projects.errors import UserError
from projects.species.augmentation.mixup import MixUp


def batch(seed: int, clips: int, classes: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    labels = torch.arange(clips) % classes
    return torch.randn(clips, 6, 4), torch.nn.functional.one_hot(labels, classes).float()


def test_mixup_that_is_switched_on_changes_the_batch():
    """The seed's fault: --mixup was parsed and logged, and no batch was ever mixed."""
    features, targets = batch(0, clips=16)
    mixed, soft = MixUp(alpha=0.4, probability=1.0)(features, targets)
    assert not torch.equal(mixed, features)
    assert not torch.equal(soft, targets)
    assert soft.shape == targets.shape


@settings(deadline=None, max_examples=60)
@given(
    alpha=st.floats(0.01, 10),
    probability=st.floats(0, 1),
    clips=st.integers(1, 7),
    seed=st.integers(0, 1000),
)
def test_features_and_labels_are_the_same_convex_combination(alpha, probability, clips, seed):
    """Labels mixed by another share than the sound would teach the model what is not so."""
    features, targets = batch(seed, clips)
    mixed, soft = MixUp(alpha, probability)(features, targets)
    assert torch.allclose(soft.sum(dim=1), torch.ones(clips), atol=1e-6)
    assert (soft >= 0).all()
    # One class a clip here, so the soft label says which clips were mixed and by how much.
    expected = torch.einsum("bc,ctm->btm", soft[:, :clips], features)
    assert torch.allclose(mixed, expected, atol=1e-5)


def test_probability_0_is_the_identity():
    features, targets = batch(1, clips=8)
    mixed, soft = MixUp(0.4, 0.0)(features, targets)
    assert torch.equal(mixed, features)
    assert torch.equal(soft, targets)


@pytest.mark.parametrize("alpha", [0.01, 0.4, 2.0])
def test_shares_follow_the_beta_distribution_asked(alpha):
    """Another alpha than the one logged would make two runs incomparable."""
    torch.manual_seed(2)
    silent, targets = torch.zeros(4000, 1, 1), torch.eye(4000)
    _, soft = MixUp(alpha, 1.0)(silent, targets)
    places = np.linspace(0.01, 0.99, 50)
    found = (soft.diagonal().numpy()[:, None] <= places).mean(axis=0)
    np.testing.assert_allclose(found, stats.beta(alpha, alpha).cdf(places), atol=0.03)


def test_the_same_seed_repeats_the_same_mixture():
    features, targets = batch(4, clips=8)
    torch.manual_seed(5)
    first = MixUp(0.4, 0.5)(features, targets)
    torch.manual_seed(5)
    again = MixUp(0.4, 0.5)(features, targets)
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])


@pytest.mark.parametrize("alpha", [0.0, -1.0, 1e-4, float("nan")])
def test_an_impossible_alpha_is_refused(alpha):
    with pytest.raises(UserError, match=r"expected alpha of 0.01 or more"):
        MixUp(alpha, 0.5)


@pytest.mark.parametrize("targets", [torch.arange(4), torch.ones(3, 7), torch.ones(4, 7).long()])
def test_targets_that_cannot_be_mixed_are_refused(targets):
    with pytest.raises(UserError, match=r"expected floating targets of shape \(4, classes\)"):
        MixUp(0.4, 0.5)(torch.randn(4, 6, 4), targets)
