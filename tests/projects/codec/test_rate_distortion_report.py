import numpy as np
import pandas as pd
import pytest

from evaluation.clip_scores import ClipScores
from evaluation.figures.rate_distortion import rate_distortion
from evaluation.quality.metrics import QUALITY
from projects.codec.rate_distortion import RateDistortion
from projects.codec.rate_distortion_report import figure_table, rate_distortion_report
from projects.codec.reconstruct import MEL

SILENT = "the estimate is silent"


@pytest.fixture
def measured():
    """Two clips of two speakers, of which the codec gave nothing back for the second."""
    items, groups = ["a@0s", "b@0s"], ["a", "b"]
    good = (dict.fromkeys(QUALITY, 2.0), {})
    none = ({}, dict.fromkeys(QUALITY, SILENT))
    scores = {
        "6kbps": ClipScores.gather(items, groups, [good, none]),
        MEL: ClipScores.gather(items, groups, [good, (dict.fromkeys(QUALITY, 4.0), {})]),
    }
    return RateDistortion(scores, {"6kbps": 6.0, MEL: 153.6}, {"6kbps": 5.5})


def test_each_value_stands_with_its_interval_and_a_missing_one_is_a_dash(measured):
    lines = rate_distortion_report("t", measured, {}, []).splitlines()
    cells = {row[1].strip(): [cell.strip() for cell in row[2:-1]] for row in map(_split, lines)}
    assert cells[MEL] == ["153.6", "-", *["3 (2 to 4)"] * len(QUALITY)]
    assert cells["6kbps"] == ["6", "5.5", *["2"] * len(QUALITY)]


def _split(line: str) -> list[str]:
    return line.split("|") if line.startswith("|") else ["", "", ""]


def test_what_has_no_score_is_counted_and_named_once_with_its_reason(measured):
    report = rate_distortion_report("t", measured, {"c": "no such file"}, ["data: d"])
    assert "scored: 15 of 20 (2 clips in 2 groups, 2 systems, 5 metrics)" in report
    assert [line.split("|")[1:4] for line in report.splitlines() if SILENT in line] == [
        [" b@0s ", " 6kbps   ", f" {', '.join(QUALITY)} "]
    ]
    assert "no such file" in report
    assert "- data: d" in report


def test_a_page_without_failures_speaks_of_none(measured):
    whole = RateDistortion({MEL: measured.scores[MEL]}, measured.kbps, {})
    assert "could not be" not in rate_distortion_report("t", whole, {}, [])


def test_the_figure_gets_the_codec_at_its_rates_and_the_baseline_as_a_level(measured):
    """Drawn at 154 kbps the baseline would squeeze the codec's five points into a corner."""
    drawn = figure_table(measured).set_index("system")
    assert set(drawn.loc["codec", "kbps"]) == {6.0}
    assert np.isnan(drawn.loc["mel + Griffin-Lim", "kbps"]).all()
    assert len(rate_distortion(figure_table(measured)).axes) == len(QUALITY)
    assert pd.isna(drawn.loc["codec", "lower"]).all()
