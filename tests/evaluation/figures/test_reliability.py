import numpy as np
from numpy.testing import assert_allclose

from evaluation.calibration import expected_calibration_error, reliability_bins
from evaluation.figures.reliability import reliability_diagram


def test_diagram_names_the_calibration_error(make_predictions):
    predictions = make_predictions(items=400, classes=3)
    error = expected_calibration_error(predictions, np.ones((1, 400)))[0]
    assert f"{error:.3f}" in reliability_diagram(predictions).axes[0].get_title()


def test_counts_stand_under_their_bins(make_predictions):
    """A bin of two clips looks as sure as one of two hundred if its count is not shown."""
    predictions = make_predictions(items=400, classes=3)
    counts = reliability_diagram(predictions).axes[1]
    assert [bar.get_height() for bar in counts.patches] == list(
        reliability_bins(predictions).counts
    )
    middles = [bar.get_x() + bar.get_width() / 2 for bar in counts.patches]
    assert_allclose(middles, (np.arange(15) + 0.5) / 15)
