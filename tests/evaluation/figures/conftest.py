from itertools import pairwise

import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg


@pytest.fixture(autouse=True)
def nothing_stays_open():
    """A study of a hundred trials would otherwise keep a hundred figures in memory."""
    yield
    assert plt.get_fignums() == []


@pytest.fixture
def labels_apart():
    """A function that says whether the tick labels of an axis, once drawn, have room."""

    def apart(figure, axis, side):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        boxes = [label.get_window_extent() for label in axis.get_ticklabels()]
        inside = [label for label in boxes if label.x0 >= 0 and label.y0 >= 0]
        edges = sorted((getattr(box, f"{side}0"), getattr(box, f"{side}1")) for box in boxes)
        gaps = [after[0] - before[1] for before, after in pairwise(edges)]
        return len(inside) == len(boxes) and min(gaps) >= 0

    return apart
