import numpy as np
from sklearn.metrics import confusion_matrix as by_sklearn

from evaluation.figures.confusion_matrix import confusion_matrix
from evaluation.predictions import Predictions


def cells(figure):
    return figure.axes[0].images[0].get_array()


def test_rows_are_shares_of_the_true_class(make_predictions):
    """Transposed, the figure would blame the wrong species."""
    predictions = make_predictions(items=300, classes=6)
    expected = by_sklearn(predictions.truth, predictions.predicted, normalize="true")
    assert np.allclose(cells(confusion_matrix(predictions)), expected)


def test_a_class_without_clips_is_blank_and_not_zero():
    absent = Predictions(["a"], ["a"], np.array([0]), np.array([[0.9, 0.1]]), ["wren", "owl"])
    blank = np.ma.getmaskarray(cells(confusion_matrix(absent)))
    assert not blank[0].any()
    assert blank[1].all()


def test_commonest_mistake_is_named(make_predictions):
    predictions = Predictions(
        ["a", "b"], ["a", "b"], np.array([0, 1]), np.array([[0.1, 0.9]] * 2), ["wren", "owl"]
    )
    text = confusion_matrix(predictions).get_supxlabel()
    assert "wren taken for owl: 1 clips, 100%" in text
    assert "owl taken for" not in text


def test_no_mistake_is_said_to_be_none():
    perfect = Predictions(["a"], ["a"], np.array([0]), np.array([[0.9, 0.1]]), ["wren", "owl"])
    assert "no clip was taken" in confusion_matrix(perfect).get_supxlabel()


def test_the_labels_of_90_species_do_not_overlap(make_predictions, labels_apart):
    figure = confusion_matrix(make_predictions(items=1700, classes=90))
    assert labels_apart(figure, figure.axes[0].xaxis, "x")
    assert labels_apart(figure, figure.axes[0].yaxis, "y")
