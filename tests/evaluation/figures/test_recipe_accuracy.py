"""Test accuracy from recipe to recipe, and the gates."""

from evaluation.bootstrap import Interval
from evaluation.figures.recipe_accuracy import recipe_accuracy

ACCURACY = {"AST": Interval(0.7, 0.6, 0.8), "_CNN $x$": Interval(0.5), "a " * 80: Interval(0.6)}
LIMITS = {"gate_2": 0.55, "gate_3": 0.65, "also": 0.65}


def test_recipes_stand_in_their_order_with_a_whisker_where_there_is_an_interval(labels_apart):
    figure = recipe_accuracy(ACCURACY, LIMITS)
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == [0.7, 0.5, 0.6]
    (whisker,) = axes.collections
    assert whisker.get_segments()[0][:, 0].tolist() == [0.6, 0.8]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[:2] == ["AST", r" _CNN \$x\$"]
    assert axes.yaxis_inverted()
    assert labels_apart(figure, axes.yaxis, "y")


def test_gates_of_one_limit_share_a_line():
    (axes,) = recipe_accuracy(ACCURACY, LIMITS).axes
    assert [text.get_text() for text in axes.texts] == ["gate_2", "gate_3, also"]
