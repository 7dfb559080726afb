import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng
from numpy.testing import assert_allclose

from evaluation.calibration import BINS, expected_calibration_error, reliability_bins
from evaluation.predictions import Predictions


def calibration_error_clip_by_clip(predictions, weights):
    """The definition of Guo et al. (2017), written out."""
    total = 0.0
    for k in range(BINS):
        inside = (predictions.confidence > k / BINS) & (predictions.confidence <= (k + 1) / BINS)
        share = weights[inside].sum()
        if share > 0:
            right = (predictions.correct * weights)[inside].sum() / share
            sure = (predictions.confidence * weights)[inside].sum() / share
            total += share / weights.sum() * abs(right - sure)
    return total


def coin_calls(confidence, right):
    """Two-class predictions of the given confidence, right where told."""
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    items = [str(i) for i in range(len(right))]
    return Predictions(items, items, np.where(right, 0, 1), probabilities, ["wren", "owl"])


@given(st.integers(1, 60), st.integers(2, 9), st.integers(0, 10_000))
def test_error_follows_its_definition(make_predictions, items, classes, seed):
    predictions = make_predictions(items, classes, seed)
    weights = default_rng(seed).integers(0, 3, (4, items)).astype(float)
    weights[:, 0] += 1
    expected = [calibration_error_clip_by_clip(predictions, row) for row in weights]
    assert_allclose(expected_calibration_error(predictions, weights), expected, atol=1e-12)


def test_one_who_is_as_often_right_as_told_has_no_error():
    calls = coin_calls(np.full(10, 0.8), np.arange(10) < 8)
    assert_allclose(expected_calibration_error(calls, np.ones((1, 10))), 0, atol=1e-12)


def test_one_who_is_sure_and_wrong_has_all_the_error():
    calls = coin_calls(np.ones(10), np.zeros(10, dtype=bool))
    assert_allclose(expected_calibration_error(calls, np.ones((1, 10))), 1)


def test_bins_hold_every_clip_once(make_predictions):
    """A clip lost at a border would make the diagram and the error disagree."""
    predictions = make_predictions(items=500, classes=3, ties=True)
    bins = reliability_bins(predictions)
    assert bins.counts.sum() == 500
    gaps = np.nan_to_num(np.abs(bins.accuracy - bins.confidence))
    error = expected_calibration_error(predictions, np.ones((1, 500)))
    assert_allclose((bins.counts * gaps).sum() / 500, error)


def test_an_empty_bin_has_no_accuracy():
    """Shown as 0 it would look like a range where the model is always wrong."""
    bins = reliability_bins(coin_calls(np.full(4, 0.9), np.ones(4, dtype=bool)))
    assert np.isnan(bins.accuracy).sum() == BINS - 1
