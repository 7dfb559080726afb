import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from numpy.testing import assert_allclose
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)

from evaluation.classification import METRICS, per_class_table
from evaluation.predictions import Predictions

shapes = st.fixed_dictionaries(
    {
        "items": st.integers(1, 40),
        "classes": st.integers(3, 9),
        "seed": st.integers(0, 10_000),
        "ties": st.booleans(),
    }
)


def once(predictions):
    return np.ones((1, len(predictions.truth)))


def by_sklearn(predictions, weights):
    """What scikit-learn says, over the classes present among clips of weight above 0."""
    truth, predicted = predictions.truth, predictions.predicted
    present = np.unique(truth[weights > 0])
    average_precisions = [
        average_precision_score(
            truth == label, predictions.probabilities[:, label], sample_weight=weights
        )
        for label in present
    ]
    # Of equals scikit-learn takes the last, we the first: so it is shown the classes backwards.
    last = len(predictions.labels) - 1
    return {
        "accuracy": accuracy_score(truth, predicted, sample_weight=weights),
        "balanced_accuracy": balanced_accuracy_score(
            truth[weights > 0], predicted[weights > 0], sample_weight=weights[weights > 0]
        ),
        "top5_accuracy": top_k_accuracy_score(
            last - truth,
            predictions.probabilities[:, ::-1],
            k=5,
            labels=range(last + 1),
            sample_weight=weights,
        ),
        "macro_f1": f1_score(
            truth, predicted, labels=present, average="macro", sample_weight=weights
        ),
        "weighted_f1": f1_score(
            truth, predicted, labels=present, average="weighted", sample_weight=weights
        ),
        "map": np.mean(average_precisions),
    }


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=40)
@given(shapes)
def test_point_estimates_equal_scikit_learn(make_predictions, shape):
    """A number of ours could not be set beside anybody else's."""
    predictions = make_predictions(**shape)
    for name, expected in by_sklearn(predictions, once(predictions)[0]).items():
        assert_allclose(METRICS[name](predictions, once(predictions)), [expected], atol=1e-9)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=40)
@given(shapes)
def test_weighted_estimates_equal_scikit_learn_row_by_row(make_predictions, shape):
    """Each bootstrap resample is a row of weights, some of them 0: intervals would be wrong."""
    predictions = make_predictions(**shape)
    weights = default_rng(shape["seed"]).integers(0, 4, (2, shape["items"])).astype(float)
    weights[:, 0] += 1
    expected = [by_sklearn(predictions, row) for row in weights]
    for name in expected[0]:
        values = METRICS[name](predictions, weights)
        assert_allclose(values, [row[name] for row in expected], atol=1e-9)


@given(shapes)
def test_a_whole_weight_is_a_repeated_clip(make_predictions, shape):
    """Otherwise a resample would not be what drawing clips again would give."""
    predictions = make_predictions(**shape)
    counts = default_rng(shape["seed"]).integers(0, 4, shape["items"])
    counts[0] += 1
    again = np.repeat(np.arange(shape["items"]), counts)
    repeated = Predictions(
        item_ids=[f"copy {i}" for i in range(len(again))],
        groups=[predictions.groups[i] for i in again],
        truth=predictions.truth[again],
        probabilities=predictions.probabilities[again],
        labels=predictions.labels,
    )
    for metric in METRICS.values():
        weighted = metric(predictions, counts[None].astype(float))
        assert_allclose(weighted, metric(repeated, once(repeated)), atol=1e-9)


def with_absent_class(predictions):
    """The same clips for a model that knows one more species, which never sings."""
    column = np.zeros((len(predictions.truth), 1))
    return Predictions(
        item_ids=predictions.item_ids,
        groups=predictions.groups,
        truth=predictions.truth,
        probabilities=np.hstack([predictions.probabilities, column]),
        labels=[*predictions.labels, "dodo"],
    )


@pytest.mark.parametrize("name", METRICS)
def test_an_absent_class_counts_for_nothing(make_predictions, name):
    """The seed's fault: absent classes counted as 0 in mAP, so that rare species sink a model."""
    predictions = make_predictions(items=200, classes=6)
    wider = with_absent_class(predictions)
    expected = METRICS[name](predictions, once(predictions))
    assert_allclose(METRICS[name](wider, once(wider)), expected, atol=1e-12)


def test_a_class_absent_from_one_resample_is_left_out_of_that_one(make_predictions):
    """The seed's fault inside the bootstrap: resamples without a rare species would score low."""
    perfect = Predictions(["a", "b"], ["a", "b"], np.array([0, 1]), np.eye(2), ["wren", "owl"])
    assert list(METRICS["map"](perfect, np.array([[2.0, 0.0], [1.0, 1.0]]))) == [1, 1]
    assert list(METRICS["macro_f1"](perfect, np.array([[2.0, 0.0], [1.0, 1.0]]))) == [1, 1]


@given(shapes)
def test_per_class_table_equals_scikit_learn(make_predictions, shape):
    predictions = make_predictions(**shape)
    table = per_class_table(predictions)
    labels = range(shape["classes"])
    precision, recall, f1, support = precision_recall_fscore_support(
        predictions.truth, predictions.predicted, labels=labels, zero_division=np.nan
    )
    assert list(table["support"]) == list(support)
    assert_allclose(table["precision"], precision)
    assert_allclose(table["recall"], recall)
    assert_allclose(table["f1"], np.where(support > 0, f1, np.nan))


def test_per_class_table_says_nothing_of_an_absent_class(make_predictions):
    """The seed's fault: a species without clips looked like one that the model never finds."""
    wider = with_absent_class(make_predictions(items=200, classes=6))
    dodo = per_class_table(wider).set_index("label").loc["dodo"]
    assert dodo["support"] == 0
    assert dodo[["precision", "recall", "f1", "average_precision"]].isna().all()


def test_macro_metrics_are_the_means_of_the_per_class_table(make_predictions):
    """A reader who averages a column must get the headline number."""
    wider = with_absent_class(make_predictions(items=200, classes=6))
    table = per_class_table(wider)
    columns = {"macro_f1": "f1", "balanced_accuracy": "recall", "map": "average_precision"}
    for name, column in columns.items():
        assert_allclose(METRICS[name](wider, once(wider)), table[column].mean())


def test_clips_of_equal_score_share_one_threshold(make_predictions):
    """Broken by order, ties would let the order of the test set move the mAP."""
    tied = Predictions(
        ["a", "b", "c"], ["g"] * 3, np.array([0, 1, 1]), np.full((3, 2), 0.5), ["wren", "owl"]
    )
    assert_allclose(METRICS["map"](tied, once(tied)), (1 / 3 + 2 / 3) / 2)
