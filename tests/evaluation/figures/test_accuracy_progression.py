"""How accuracy grew, one recipe beside another."""

import numpy as np
import pytest

from evaluation.figures.accuracy_progression import accuracy_progression
from evaluation.figures.style import COLOURS
from projects.errors import UserError

PROGRESS = {
    "AST": [{1: 0.2, 2: 0.4, 3: 0.5}, {1: 0.4, 2: 0.6}],
    "ensemble": [{}],
    "CNN": [{1: 0.1, 2: 0.3}],
}


def lines(figure):
    (axes,) = figure.axes
    return axes.get_lines()


def test_each_seed_is_a_thin_line_and_their_mean_a_thick_one():
    thick = {
        line.get_label(): line
        for line in lines(accuracy_progression(PROGRESS))
        if line.get_linewidth() > 1
    }
    assert list(thick) == ["AST", "CNN"]
    np.testing.assert_allclose(thick["AST"].get_xydata(), [(1, 0.3), (2, 0.5)])
    thin = [line for line in lines(accuracy_progression(PROGRESS)) if line.get_linewidth() < 1]
    assert [len(line.get_xdata()) for line in thin] == [3, 2, 2]


def test_a_recipe_has_the_colour_that_it_has_in_the_other_figures():
    """An ensemble without epochs would shift the colours of all after it."""
    *_, last = lines(accuracy_progression(PROGRESS))
    assert last.get_color() == COLOURS[2]


def test_a_network_that_says_nothing_of_its_epochs_does_not_hide_the_others():
    """An older run without curves would take its recipe's line away."""
    thin, thick = lines(accuracy_progression({"AST": [{}, {1: 0.2, 2: 0.4}]}))
    np.testing.assert_allclose(thick.get_xydata(), [(1, 0.2), (2, 0.4)])
    np.testing.assert_allclose(thin.get_xydata(), thick.get_xydata())


def test_nothing_to_draw_is_said():
    with pytest.raises(UserError, match="accuracy by epoch"):
        accuracy_progression({"ensemble": [{}]})
