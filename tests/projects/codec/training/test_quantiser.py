"""Residual quantisation in training."""

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from transformers import EncodecConfig, EncodecModel

from projects.codec.codec import Codec
from projects.codec.training.quantiser import ResidualQuantiser

DIMENSIONS, ENTRIES = 4, 16


@pytest.fixture
def latents():
    """(batch, dimensions, frames) in clusters that are not round."""
    random = np.random.default_rng(0)
    centres = 3 * random.standard_normal((10, DIMENSIONS))
    vectors = centres[random.integers(0, 10, 1200)] + random.standard_normal((1200, DIMENSIONS))
    return torch.from_numpy(vectors.astype(np.float32)).reshape(6, 200, DIMENSIONS).mT.contiguous()


def started(latents, codebooks=4):
    torch.manual_seed(0)
    quantiser = ResidualQuantiser(codebooks, ENTRIES, DIMENSIONS, started=False, vectors=1200)
    quantiser.start(latents.mT.flatten(0, 1).T.contiguous().T)
    return quantiser.eval()


def error(quantiser, latents, codebooks):
    return (quantiser(latents, codebooks).latents - latents).pow(2).sum(1).mean().item()


def small_codec():
    config = EncodecConfig(
        num_filters=2,
        hidden_size=DIMENSIONS,
        num_lstm_layers=1,
        codebook_size=ENTRIES,
        target_bandwidths=[0.3, 1.2],
    )
    return EncodecModel(config).eval()


def test_it_starts_at_k_means(latents):
    """From random entries a codebook takes long, and some never come to use."""
    quantiser = ResidualQuantiser(1, ENTRIES, DIMENSIONS, started=False, vectors=1200)
    assert not quantiser.started
    quantiser = started(latents, 1)
    assert quantiser.started
    vectors = latents.mT.flatten(0, 1).numpy()
    best = KMeans(ENTRIES, n_init=3, random_state=0).fit(vectors).inertia_ / len(vectors)
    assert best * 0.99 < error(quantiser, latents, 1) < 1.25 * best


def test_a_further_codebook_never_quantises_worse(latents):
    """A higher bandwidth would give worse sound."""
    quantiser = started(latents)
    errors = [error(quantiser, latents, count) for count in (1, 2, 3, 4)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.3 * errors[0]


def test_entries_move_in_training_only(latents):
    quantiser = started(latents)
    before = {name: tensor.clone() for name, tensor in quantiser.state_dict().items()}
    quantiser(latents, 4)
    assert all(torch.equal(before[n], t) for n, t in quantiser.state_dict().items())
    quantiser.train()(latents, 2)
    moved = [
        not torch.equal(before[n], t) for n, t in quantiser.state_dict().items() if "embed" in n
    ]
    assert any(moved)
    assert not all(moved), "codebooks that the bandwidth has not must stay"


def test_entries_follow_latents_that_drift(latents):
    """The encoder moves all through training."""
    quantiser = started(latents)
    far = latents + 1.5
    before = error(quantiser, far, 4)
    quantiser.train()
    for _ in range(150):
        quantiser(far, 4)
    assert error(quantiser.eval(), far, 4) < 0.5 * before


def test_dead_entries_are_revived(latents):
    """Else most of a codebook is lost to entries that nothing is near to."""
    quantiser = started(latents, 1)
    (book,) = quantiser._codebooks()
    book.embed[0, 4:] = 100.0
    book.embed_avg[0, 4:] = 0.0
    book.cluster_size[0, 4:] = 0.0
    assert quantiser.usage() == [4 / ENTRIES]
    quantiser.train()
    for _ in range(20):
        quantiser(latents, 1)
    assert quantiser.usage()[0] == 1.0
    assert book.embed.abs().max() < 20


def test_the_gradient_passes_straight_through(latents):
    """Without it the encoder learns nothing of what its sound became."""
    quantiser = started(latents)
    weights = torch.randn(latents.shape)
    given = latents.clone().requires_grad_()
    (quantiser.train()(given, 4).latents * weights).sum().backward()
    torch.testing.assert_close(given.grad, weights, msg="once, however many codebooks")


def test_commitment_pulls_latents_to_their_entries(latents):
    quantiser = started(latents).train()
    given = latents.clone().requires_grad_()
    found = quantiser(given, 1)
    pull = found.latents.detach() - latents
    assert found.commitment.item() == pytest.approx(pull.pow(2).mean().item(), rel=1e-3)
    found.commitment.backward()
    torch.testing.assert_close(-given.grad / given.grad.std(), pull / pull.std(), atol=1e-3, rtol=0)


def test_a_codec_with_the_codebooks_gives_the_same_latents(latents):
    """What is saved would not be what was trained."""
    model = small_codec()
    quantiser = started(latents, 4)
    quantiser.copy_to(model)
    for count, bandwidth in ((1, 0.3), (4, 1.2)):
        codes = model.quantizer.encode(latents, bandwidth)
        assert len(codes) == count
        own = quantiser(latents, count).latents
        torch.testing.assert_close(model.quantizer.decode(codes), own, atol=1e-5, rtol=1e-5)
    books = [layer(latents.mT)[1] for layer in quantiser.layers[:1]]
    assert torch.equal(model.quantizer.encode(latents, 0.3)[0], books[0])
    assert Codec(model, "small", "").tables.shape == (4, ENTRIES, DIMENSIONS)


def test_a_codec_goes_on_from_its_own_codebooks(latents):
    model = small_codec()
    started(latents, 4).copy_to(model)
    quantiser = ResidualQuantiser(4, ENTRIES, DIMENSIONS, started=True, vectors=1200)
    quantiser.copy_from(model)
    assert quantiser.started
    before = error(quantiser.eval(), latents, 4)
    codes = model.quantizer.encode(latents, 1.2)
    own = quantiser(latents, 4).latents
    torch.testing.assert_close(model.quantizer.decode(codes), own, atol=1e-5, rtol=1e-5)
    quantiser.train()(latents, 4)
    assert error(quantiser.eval(), latents, 4) < 1.1 * before, "one batch must not undo them"
