from dataclasses import replace

import numpy as np
from numpy.testing import assert_allclose
from sklearn.metrics import f1_score

from evaluation.figures.class_f1 import class_f1


def test_bars_are_the_f1_of_each_class_best_on_top(make_predictions):
    predictions = make_predictions(items=300, classes=6)
    bars = [bar.get_width() for bar in class_f1(predictions).axes[0].patches]
    assert_allclose(bars, sorted(f1_score(predictions.truth, predictions.predicted, average=None)))


def test_names_stand_beside_their_own_bars_with_their_clips(make_predictions):
    """Sorted bars under unsorted names would praise the wrong species."""
    predictions = make_predictions(items=300, classes=6)
    axes = class_f1(predictions).axes[0]
    scores = f1_score(predictions.truth, predictions.predicted, average=None)
    for bar, tick in zip(axes.patches, axes.get_yticklabels(), strict=True):
        place = next(
            i for i, name in enumerate(predictions.labels) if tick.get_text().startswith(name)
        )
        assert tick.get_text() == f"species {place} ({(predictions.truth == place).sum()})"
        assert_allclose(bar.get_width(), scores[place])


def test_classes_without_clips_are_left_out_and_counted(make_predictions):
    predictions = make_predictions(items=300, classes=6)
    absent = replace(predictions, truth=np.where(predictions.truth == 2, 3, predictions.truth))
    axes = class_f1(absent).axes[0]
    assert len(axes.patches) == 5
    assert "1 classes without clips" in axes.get_title()


def test_the_labels_of_90_species_do_not_overlap(make_predictions, labels_apart):
    figure = class_f1(make_predictions(items=1700, classes=90))
    assert labels_apart(figure, figure.axes[0].yaxis, "y")
