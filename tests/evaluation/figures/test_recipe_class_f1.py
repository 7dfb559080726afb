"""Classes one recipe beside another, the rare ones marked."""

import math

import numpy as np

from evaluation.figures.recipe_class_f1 import recipe_class_f1

TRAINING = {"owl": 2, "wren": 30, "jay": 30, "robin": 9}
F1 = {
    "AST": {"owl": 0.5, "wren": 0.9, "jay": 0.8, "robin": math.nan},
    "CNN": {"owl": 0.1, "wren": 0.4, "jay": 0.3, "robin": math.nan},
}


def test_the_commonest_class_is_on_top_and_rare_ones_are_bold(labels_apart):
    figure = recipe_class_f1(F1, TRAINING, ["owl"])
    (axes,) = figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["jay (30)", "wren (30)", "robin (9)", "owl (2)"]
    assert axes.yaxis_inverted()
    assert [label.get_fontweight() for label in axes.get_yticklabels()][2:] == ["normal", "bold"]
    assert labels_apart(figure, axes.yaxis, "y")


def test_each_recipe_has_a_bar_a_class_beside_the_others():
    (axes,) = recipe_class_f1(F1, TRAINING, []).axes
    ast, cnn = axes.containers
    np.testing.assert_array_equal([bar.get_width() for bar in ast], [0.8, 0.9, math.nan, 0.5])
    for one, other in zip(ast, cnn, strict=True):
        assert one.get_y() + one.get_height() <= other.get_y() + 1e-9


def test_ninety_species_have_room(labels_apart):
    many = {f"species {n}": n for n in range(90)}
    figure = recipe_class_f1({"AST": dict.fromkeys(many, 0.5)}, many, [])
    assert labels_apart(figure, figure.axes[0].yaxis, "y")
