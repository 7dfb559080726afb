"""What charts are drawn from, against scikit-learn."""

import json

import numpy as np
from candidates import predictions
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, f1_score

from dashboards.charts import (
    DRAWN,
    classes_figure,
    confusion_figure,
    numbers,
    reliability_figure,
)
from evaluation.findings import by_class
from evaluation.predictions import Predictions


def test_shares_of_the_confusion_matrix():
    answers = predictions(0.7)
    expected = confusion_matrix(answers.truth, answers.predicted, normalize="true")
    heat = confusion_figure(answers)["data"][0]
    np.testing.assert_allclose(np.square(np.array(heat["z"], float)), expected)


def test_bars_are_the_f1_of_the_labels_beside_them():
    answers = predictions(0.7)
    figure = classes_figure(by_class(answers))
    ticks = figure["layout"]["yaxis"]["ticktext"]
    expected = f1_score(answers.truth, answers.predicted, average=None)
    shown = dict(zip(ticks, figure["data"][0]["x"], strict=True))
    for label, f1 in zip(answers.labels, expected, strict=True):
        assert abs(shown[label] - f1) < 1e-12


def test_reliability_is_that_of_the_bins():
    answers = predictions(0.7)
    bars = reliability_figure(answers)["data"][0]
    share, _ = calibration_curve(answers.correct, answers.confidence, n_bins=15)
    np.testing.assert_allclose(bars["y"], share)


def test_absent_classes_and_equal_short_names_are_kept_apart():
    """Plotly joins what has the same name; two species of a long genus would be one."""
    genus = "Genus with a very long name indeed "
    answers = predictions(0.7, clips=40)
    labels = [genus + "a", genus + "b", "absent"]
    truth = np.where(answers.truth == 2, 0, answers.truth)
    figure = confusion_figure(
        Predictions(answers.item_ids, answers.groups, truth, answers.probabilities, labels)
    )
    assert len(figure["layout"]["yaxis"]["tickvals"]) == 3
    assert figure["data"][0]["z"][2] == [None, None, None]
    json.dumps(figure, allow_nan=False)


def test_what_is_not_finite_is_none():
    assert numbers(np.array([1.0, np.nan, np.inf])) == [1.0, None, None]


def test_of_thousands_of_classes_the_most_mistaken_are_drawn():
    """All of 1,000 would be a page of 66 MB."""
    classes, clips = DRAWN + 50, 4 * (DRAWN + 50)
    truth = np.arange(clips) % classes
    said = np.where(truth < 40, (truth + 1) % 40, truth)
    labels = [f"species {place}" for place in range(classes)]
    ids = [str(clip) for clip in range(clips)]
    answers = Predictions(ids, ids, truth, np.eye(classes)[said], labels)
    ticks = confusion_figure(answers)["layout"]["yaxis"]["ticktext"]
    assert len(ticks) == DRAWN
    assert set(labels[:40]) <= set(ticks)
    bars = classes_figure(by_class(answers))["layout"]["yaxis"]["ticktext"]
    assert len(bars) == DRAWN
    assert set(labels[:40]) <= set(bars)
