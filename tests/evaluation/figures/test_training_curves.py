import math

import pytest

from evaluation.figures.training_curves import training_curves
from projects.errors import UserError


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def test_training_and_validation_share_a_panel_and_other_scales_do_not():
    """A learning rate of 1e-4 on the axis of a loss of 4 would be a flat line."""
    figure = training_curves(
        {
            "train.loss": [4.0, 3.0],
            "learning_rate": [1e-4, 5e-5],
            "validation.loss": [4.5, 3.5],
        }
    )
    loss, rate = figure.axes
    assert set(lines(loss)) == {"train.loss", "validation.loss"}
    assert set(lines(rate)) == {"learning_rate"}


def test_first_value_stands_at_epoch_one():
    (axes,) = training_curves({"train.loss": [4.0, 3.0, 2.5]}).axes
    line = lines(axes)["train.loss"]
    assert list(line.get_xdata()) == [1, 2, 3]
    assert list(line.get_ydata()) == [4.0, 3.0, 2.5]


def test_a_diverged_epoch_leaves_a_gap():
    (axes,) = training_curves({"train.loss": [4.0, math.nan, 2.5]}).axes
    assert math.isnan(lines(axes)["train.loss"].get_ydata()[1])


@pytest.mark.parametrize("curves", [{}, {"train.loss": []}, {"train.loss": [math.nan]}])
def test_nothing_to_draw_is_said(curves):
    with pytest.raises(UserError, match="at least one curve") as error:
        training_curves(curves)
    assert "\n" not in str(error.value)
