from pathlib import Path

import numpy as np
import pytest
from numpy.random import default_rng
from scipy.stats import entropy
from tiny_codec import save_tiny_codec

from evaluation.quality.metrics import QUALITY
from projects.codec.load import load_codec
from projects.codec.rate_distortion import RateDistortion
from projects.codec.reconstruct import MEL, system_name
from projects.codec.score_clips import ScoredClip

FRAMES = 750
SECONDS = 10.0
SILENT = "the reference is silent"


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    return load_codec(str(save_tiny_codec(tmp_path_factory.mktemp("codec"))))


@pytest.fixture(scope="module")
def clips(codec):
    """Three clips of two speakers; of the last one only the log-mel distance is missing."""
    random = default_rng(0)
    systems = [*map(system_name, codec.bandwidths), MEL]

    def clip(number: int) -> ScoredClip:
        scores = {metric: float(number + place) for place, metric in enumerate(QUALITY)}
        failures = {}
        if number == 2:
            del scores["log_mel_distance"]
            failures["log_mel_distance"] = SILENT
        return ScoredClip(
            recording_id=f"run-{number}",
            group=f"speaker {number // 2}",
            path=Path(f"run-{number}.wav"),
            start=20.0,
            seconds=SECONDS,
            codes=random.zipf(1.3, (32, FRAMES)).clip(max=1024).astype(np.int16) - 1,
            bits=dict.fromkeys(systems, 60_000.0),
            scored=dict.fromkeys(systems, (scores, failures)),
        )

    return [clip(number) for number in range(3)]


@pytest.fixture(scope="module")
def measured(codec, clips):
    return RateDistortion.gather(codec, clips)


def test_one_row_a_bandwidth_and_one_for_the_baseline(measured):
    systems = ["1.5kbps", "3kbps", "6kbps", "12kbps", "24kbps", "mel"]
    assert list(measured.table["system"]) == systems
    assert (measured.table["kbps"] == 6.0).all()


def test_means_and_intervals_leave_out_what_has_no_score(measured):
    row = measured.table.set_index("system").loc["6kbps"]
    assert row["pesq_wb"] == pytest.approx(1.0)
    assert row["pesq_wb.lower"] <= row["pesq_wb"] <= row["pesq_wb.upper"]
    assert row["pesq_wb.scored"] == 3
    assert row["log_mel_distance"] == pytest.approx(4.5)
    assert row["log_mel_distance.scored"] == 2
    assert np.isnan(row["log_mel_distance.lower"])  # Both clips are of one speaker.


def test_each_missing_score_is_named_with_its_reason(measured):
    missing = measured.unscored
    assert set(missing["system"]) == set(measured.scores)
    assert set(missing["item"]) == {"run-2@20s"}
    assert set(missing["metric"]) == {"log_mel_distance"}
    assert set(missing["reason"]) == {SILENT}


def test_the_clip_table_has_every_clip_under_every_system(measured):
    assert len(measured.clips) == 3 * 6
    assert not measured.clips.duplicated(["system", "item"]).any()


def test_entropy_is_that_of_each_codebooks_codes(codec, clips, measured):
    codes = np.concatenate([clip.codes for clip in clips], axis=1)
    for bandwidth, count in zip(codec.bandwidths, (2, 4, 8, 16, 32), strict=True):
        bits = sum(entropy(np.bincount(row), base=2) for row in codes[:count])
        expected = bits * FRAMES / SECONDS / 1000
        assert measured.entropy_kbps[system_name(bandwidth)] == pytest.approx(expected)
        assert expected < bandwidth
    assert MEL not in measured.entropy_kbps
