import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from evaluation.confusion import confusion_counts, most_confused_pairs
from evaluation.predictions import Predictions


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.integers(1, 60), st.integers(1, 6), st.integers(0, 10_000))
def test_counts_equal_scikit_learn(make_predictions, items, classes, seed):
    predictions = make_predictions(items, classes, seed)
    expected = confusion_matrix(
        predictions.truth, predictions.predicted, labels=list(range(classes))
    )
    assert np.array_equal(confusion_counts(predictions), expected)


def calls(truth, predicted, labels):
    items = [str(i) for i in range(len(truth))]
    return Predictions(items, items, np.array(truth), np.eye(len(labels))[predicted], labels)


def test_commonest_mistakes_come_first_and_keep_their_direction():
    """Whoever fixes the model starts at the top, and must know which species is swallowed."""
    labels = ["wren", "robin", "owl"]
    heard = calls([0, 0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 1, 0, 0], labels)
    pairs = most_confused_pairs(heard, k=5)
    assert pairs.to_dict("records") == [
        {"truth": "wren", "predicted": "robin", "count": 3, "share": 0.75},
        {"truth": "owl", "predicted": "wren", "count": 1, "share": 1.0},
        {"truth": "robin", "predicted": "wren", "count": 1, "share": 0.5},
    ]


def test_no_more_pairs_than_asked(make_predictions):
    assert len(most_confused_pairs(make_predictions(items=300, classes=9), k=4)) == 4


def test_a_model_without_mistakes_has_no_pairs():
    assert most_confused_pairs(calls([0, 1], [0, 1], ["wren", "owl"]), k=3).empty
