import numpy as np
import pytest

from evaluation.predictions import Predictions
from projects.errors import UserError


def predictions(**changes):
    parts = {
        "item_ids": ["a", "b", "c"],
        "groups": ["x", "x", "y"],
        "truth": np.array([0, 1, 2]),
        "probabilities": np.array([[0.7, 0.2, 0.1], [0.4, 0.2, 0.4], [0.2, 0.4, 0.4]]),
        "labels": ["wren", "robin", "owl"],
    }
    return Predictions(**(parts | changes))


def test_frame_says_of_each_clip_what_went_wrong():
    frame = predictions().to_frame().set_index("item")
    assert list(frame["truth"]) == ["wren", "robin", "owl"]
    assert list(frame["predicted"]) == ["wren", "wren", "robin"]
    assert list(frame["correct"]) == [True, False, False]
    assert list(frame["confidence"]) == [0.7, 0.4, 0.4]
    assert list(frame["group"]) == ["x", "x", "y"]


def test_rank_of_truth_counts_what_was_thought_likelier():
    # In the last clip the owl ties with the robin, which comes first as it does in `predicted`.
    assert list(predictions().truth_rank) == [1, 3, 2]


def test_rank_one_means_correct_even_with_ties(make_predictions):
    """A clip listed as wrong with its truth ranked first would confuse whoever reads the table."""
    tied = make_predictions(items=300, classes=4, ties=True)
    assert np.array_equal(tied.truth_rank == 1, tied.correct)


def test_half_precision_softmax_is_accepted():
    """A model run in float16 must not be refused for rounding."""
    random = np.random.default_rng(0).normal(size=(50, 90)).astype(np.float16)
    softmax = np.exp(random) / np.exp(random).sum(axis=1, keepdims=True, dtype=np.float16)
    scored = Predictions(
        item_ids=[str(i) for i in range(50)],
        groups=["g"] * 50,
        truth=np.arange(50),
        probabilities=softmax,
        labels=[str(i) for i in range(90)],
    )
    assert scored.probabilities.dtype == np.float64


def test_scores_cannot_be_changed_after_the_check():
    with pytest.raises(ValueError, match="read-only"):
        predictions().probabilities[0, 0] = 2.0


def test_later_changes_of_the_callers_array_do_not_reach_in():
    truth = np.array([0, 1, 2])
    scored = predictions(truth=truth)
    truth[0] = 2
    assert scored.truth[0] == 0


ROW = [0.5, 0.25, 0.25]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"item_ids": []}, "at least one scored clip"),
        ({"labels": []}, "at least one scored clip"),
        ({"groups": ["x", "y"]}, "groups of shape"),
        ({"truth": np.array([0, 1])}, "truth of shape"),
        ({"truth": np.array([0, 1, 3])}, "truth in 0..2"),
        ({"truth": np.array([0, 1, -1])}, "truth in 0..2"),
        ({"truth": np.array([0.0, 1.0, 2.0])}, "integer class indices"),
        ({"probabilities": np.full((3, 2), 0.5)}, "probabilities of shape"),
        ({"probabilities": np.array([ROW, ROW, [np.nan, 0.5, 0.5]])}, "clip 'c'"),
        ({"probabilities": np.array([ROW, [np.inf, 0, 0], ROW])}, "clip 'b'"),
        ({"probabilities": np.array([[1.2, -0.2, 0], ROW, ROW])}, "softmax"),
        ({"probabilities": np.array([ROW, ROW, [0.5, 0.3, 0.3]])}, "sum 1.1"),
        ({"item_ids": ["a", "b", "a"]}, "'a' 2 times"),
        ({"labels": ["wren", "owl", "owl"]}, "'owl' 2 times"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(changes, says):
    """Scored anyway, such input would give a number that looks like a result."""
    with pytest.raises(UserError, match=says) as error:
        predictions(**changes)
    assert "\n" not in str(error.value)
