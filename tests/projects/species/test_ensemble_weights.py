"""Weights of an ensemble: fitted on what they are given, and never worse there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from evaluation.classification import macro_f1
from evaluation.predictions import Predictions
from projects.errors import UserError
from projects.species.ensemble_weights import fitted_weights, mixed

LABELS = ["chiff", "chaff", "wren"]
ONCE = np.ones((1, 30))


def answers(seed: int, skill: float, clips: int = 30) -> Predictions:
    """Of a network that is right as often as its skill says; the clips are the same for all."""
    truth = np.arange(clips) % 3
    random = np.random.default_rng(seed)
    logits = random.normal(size=(clips, 3))
    logits[np.arange(clips), truth] += skill
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    names = [f"clip {place}" for place in range(clips)]
    return Predictions(names, names, truth, probabilities, LABELS)


members = st.lists(
    st.tuples(st.integers(0, 99), st.floats(0, 4)), min_size=2, max_size=3, unique=True
)


@settings(deadline=None, max_examples=25)
@given(members, st.sampled_from(["equal", "grid", "learnt"]))
def test_weights_are_shares(drawn, weighting):
    weights = fitted_weights(weighting, [answers(*each) for each in drawn])
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


@settings(deadline=None, max_examples=25)
@given(members)
def test_on_its_own_recordings_the_grid_is_as_good_as_the_best_member_and_as_equal_weights(drawn):
    given_ = [answers(*each) for each in drawn]
    best = macro_f1(mixed(given_, fitted_weights("grid", given_)), ONCE)[0]
    assert best >= max(macro_f1(each, ONCE)[0] for each in given_) - 1e-9
    if len(given_) == 2:
        assert best >= macro_f1(mixed(given_, np.array([0.5, 0.5])), ONCE)[0] - 1e-9


@settings(deadline=None, max_examples=10)
@given(members)
def test_learnt_weights_are_the_likeliest(drawn):
    """Against scipy's optimiser; the likelihood of a mixture has one hill."""
    given_ = [answers(*each) for each in drawn]
    truth = given_[0].truth
    of_truth = np.stack([each.probabilities[np.arange(30), truth] for each in given_])

    def loss(weights: np.ndarray) -> float:
        return -np.log(weights @ of_truth).mean()

    start = np.full(len(given_), 1 / len(given_))
    found = minimize(
        loss,
        start,
        bounds=[(1e-9, 1)] * len(given_),
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
    )
    assert loss(fitted_weights("learnt", given_)) <= found.fun + 1e-4


def test_a_member_that_knows_nothing_counts_for_little():
    weights = fitted_weights("learnt", [answers(0, 5.0), answers(1, 0.0)])
    assert weights[0] > 0.9


def test_of_grid_weights_that_score_alike_the_most_equal_are_taken():
    """Else the order of the members would decide."""
    sure = answers(0, 50.0)
    assert fitted_weights("grid", [sure, sure]).tolist() == [0.5, 0.5]


def test_sure_networks_may_have_weights_that_round_to_more_than_one():
    """0.2 + 0.4 + 0.3 + 0.1 is 1.0000000000000002, which is no probability."""
    sure = answers(0, 100.0)
    assert sure.probabilities.max() == 1
    weights = np.array([0.2, 0.4, 0.3, 0.1])
    np.testing.assert_allclose(mixed([sure] * 4, weights).probabilities, sure.probabilities)


def test_answers_to_other_clips_are_refused():
    with pytest.raises(UserError):
        fitted_weights("equal", [answers(0, 1.0), answers(0, 1.0, clips=27)])
