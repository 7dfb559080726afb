import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from evaluation.figures.rate_distortion import rate_distortion
from projects.errors import UserError

COLUMNS = ["system", "kbps", "metric", "value", "lower", "upper"]
CODEC = [
    ("codec", kbps, metric, value, value - 0.1, value + 0.2)
    for metric, values in {"pesq_wb": (1.5, 2.6, 3.7), "si_sdr": (-1.0, 4.0, 8.0)}.items()
    for kbps, value in zip((1.5, 6.0, 24.0), values, strict=True)
]
MEL = [("mel", np.nan, "pesq_wb", 1.2, 1.1, 1.4)]


def table(*rows):
    return pd.DataFrame([row for some in rows for row in some], columns=COLUMNS)


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def test_each_metric_has_its_panel_and_says_which_way_is_better():
    """A distance drawn among qualities would be read upside down."""
    distance = [("codec", 6.0, "log_mel_distance", 4.0, 3.5, 4.5)]
    figure = rate_distortion(table(CODEC, distance))
    assert [axes.get_ylabel() for axes in figure.axes] == [
        "pesq_wb\n(higher is better)",
        "si_sdr\n(higher is better)",
        "log_mel_distance\n(lower is better)",
    ]


def test_values_stand_over_their_bitrates_whatever_the_order_of_the_rows():
    (axes, _) = rate_distortion(table(CODEC[::-1])).axes[::-1]
    line = lines(axes)["codec"]
    assert list(line.get_xdata()) == [1.5, 6.0, 24.0]
    assert list(line.get_ydata()) == [1.5, 2.6, 3.7]


def test_whiskers_reach_from_bound_to_bound():
    axes = rate_distortion(table(CODEC)).axes[0]
    (whiskers,) = axes.collections
    ends = [segment[:, 1] for segment in whiskers.get_segments()]
    assert_allclose(ends, [[1.4, 1.7], [2.5, 2.8], [3.6, 3.9]])


def test_the_bitrates_measured_are_the_ticks(labels_apart):
    """Powers of two would suggest that 8 kbps was measured."""
    figure = rate_distortion(table(CODEC, MEL))
    axis = figure.axes[-1].xaxis
    assert [label.get_text() for label in axis.get_ticklabels()] == ["1.5", "6", "24"]
    assert list(axis.get_ticklocs(minor=True)) == []
    assert labels_apart(figure, axis, "x")


def test_doubling_the_bitrate_is_the_same_step_everywhere():
    axes = rate_distortion(table(CODEC)).axes[0]
    places = axes.transData.transform([(kbps, 2.0) for kbps in (1.5, 6.0, 24.0)])[:, 0]
    assert_allclose(places[1] - places[0], places[2] - places[1])


def test_a_system_without_a_bitrate_is_a_level_with_a_band_across():
    """Mel and Griffin-Lim spend no bits, but the codec must be seen to beat them."""
    figure = rate_distortion(table(CODEC, MEL))
    level = lines(figure.axes[0])["mel"]
    assert list(level.get_ydata()) == [1.2, 1.2]
    (band,) = figure.axes[0].patches
    assert_allclose([band.get_y(), band.get_y() + band.get_height()], [1.1, 1.4])
    assert set(lines(figure.axes[1])) == {"codec"}


def test_a_system_keeps_its_colour_in_every_panel():
    """Mel is first of the second panel: it must not look there as the codec does in the first."""
    mel = [("mel", 48.0, "si_sdr", -3.0, -4.0, -2.0)]
    figure = rate_distortion(table(CODEC, MEL, mel))
    first, second = (lines(axes) for axes in figure.axes)
    assert first["mel"].get_color() == second["mel"].get_color() != first["codec"].get_color()
    assert second["codec"].get_color() == first["codec"].get_color()


def test_values_without_bounds_are_drawn():
    """One speaker gives no interval, and still a value."""
    rows = [("codec", 6.0, "si_sdr", 4.0, np.nan, np.nan)]
    level = [("mel", np.nan, "si_sdr", 1.0, np.nan, np.nan)]
    axes = rate_distortion(table(rows, level)).axes[0]
    assert set(lines(axes)) == {"codec", "mel"}
    low, high = axes.get_ylim()
    assert low < 1.0 < 4.0 < high


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (table([]), "at least one"),
        (table(MEL), "at least one"),
        (table(CODEC).drop(columns=["lower"]), "without .'lower'."),
        (table(CODEC).replace(1.5, 0.0), "above 0 kbps"),
        (table(CODEC).replace(24.0, np.inf), "above 0 kbps"),
        (table(CODEC).replace(8.0, np.nan), "finite"),
        (table(CODEC, CODEC[:1]), "drop the repeats"),
        (table(CODEC, MEL, MEL), "another of 'pesq_wb' for 'mel'"),
    ],
)
def test_a_table_that_would_draw_something_else_is_refused_in_one_line(rows, says):
    with pytest.raises(UserError, match=says) as error:
        rate_distortion(rows)
    assert "\n" not in str(error.value)
