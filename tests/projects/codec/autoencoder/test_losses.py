import numpy as np
import torch
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error

from projects.codec.autoencoder.losses import code_accuracy, cross_entropy, squared_error


def batch():
    random = torch.Generator().manual_seed(1)
    codes = torch.randint(0, 16, (4, 3, 10), generator=random, dtype=torch.int16)
    mask = torch.rand(4, 10, generator=random) < 0.7
    return torch.randn(4, 3, 16, 10, generator=random), codes, mask


def of_book(array, book, mask):
    """What counts of a codebook, in scikit-learn's layout."""
    return array[:, book].numpy()[mask.numpy()]


def test_cross_entropy_is_scikit_learns_a_codebook_at_a_time():
    """Curves of other runs and papers could not be compared with ours."""
    logits, codes, mask = batch()
    loss = cross_entropy(logits, codes, mask)
    probabilities = logits.softmax(dim=2).movedim(2, 3)
    for book in range(3):
        expected = log_loss(
            of_book(codes, book, mask), of_book(probabilities, book, mask), labels=np.arange(16)
        )
        np.testing.assert_allclose(loss[book], expected, rtol=1e-5)


def test_regression_is_scikit_learns_on_codes_from_0_to_1():
    _, codes, mask = batch()
    values = 15 * torch.rand(4, 3, 10)
    loss = squared_error(values, codes, mask, 16)
    for book in range(3):
        expected = mean_squared_error(
            of_book(codes, book, mask) / 15, of_book(values, book, mask) / 15
        )
        np.testing.assert_allclose(loss[book], expected, rtol=1e-5)


def test_accuracy_is_scikit_learns():
    logits, codes, mask = batch()
    predicted = logits.argmax(dim=2)
    predicted[:, 0] = codes[:, 0]
    accuracy = code_accuracy(predicted, codes, mask)
    assert accuracy[0] == 1
    for book in range(3):
        expected = accuracy_score(of_book(codes, book, mask), of_book(predicted, book, mask))
        np.testing.assert_allclose(accuracy[book], expected, rtol=1e-6)


def test_padding_never_counts():
    """Half of all TRs are padded with code 0, whose name would be learnt as what ends a TR."""
    logits, codes, mask = batch()
    values = 15 * torch.rand(4, 3, 10)
    junk = torch.where(mask[:, None], codes, 15 - codes)
    hidden = ~mask[:, None]
    assert (junk != codes).any()
    pairs = [
        (cross_entropy(logits, codes, mask), cross_entropy(logits, junk, mask)),
        (
            cross_entropy(logits, codes, mask),
            cross_entropy(logits.masked_fill(hidden[:, :, None], torch.nan), codes, mask),
        ),
        (squared_error(values, codes, mask, 16), squared_error(values, junk, mask, 16)),
        (
            code_accuracy(logits.argmax(2), codes, mask),
            code_accuracy(logits.argmax(2), junk, mask),
        ),
    ]
    for before, after in pairs:
        torch.testing.assert_close(before, after, rtol=0, atol=0)


def test_frames_that_are_all_padding_teach_nothing():
    """A step whose few frames happened to be padding would make every weight NaN."""
    logits, codes, mask = batch()
    logits.requires_grad_()
    loss = cross_entropy(logits, codes, torch.zeros_like(mask))
    loss.mean().backward()
    assert not loss.any() and not logits.grad.any()
