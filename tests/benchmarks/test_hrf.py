import re

import numpy as np
import pytest

from benchmarks import hrf
from benchmarks.hrf import HrfConfig, measure

SMALL = {"trs": 60, "codebooks": 2, "frames": 3, "dimensions": 4, "repeats": 1}


def test_hrf_finds_equal_output_and_a_ratio(capsys):
    """The claim of 20 times scipy's loop could not be checked."""
    measure(HrfConfig.validated(SMALL))
    *_, last = capsys.readouterr().out.splitlines()
    match = re.fullmatch(r"ratio (\d+\.\d\d) series/s, syrinx / scipy.signal.convolve loop", last)
    assert match
    assert float(match[1]) > 0


def test_hrf_times_nothing_that_gives_another_answer(monkeypatch):
    """The seed's centred trimming would be called fast without being right."""
    early = lambda features, tr: np.roll(features, -10, axis=0)  # noqa: E731
    monkeypatch.setattr(hrf, "convolve_hrf", early)
    with pytest.raises(AssertionError, match="the outputs differ by"):
        measure(HrfConfig.validated(SMALL))
