import warnings

import numpy as np
import pystoi
import pytest

from evaluation.quality.pair import UnscorableClip
from evaluation.quality.stoi import stoi

RATE = 24_000


@pytest.mark.parametrize("ratio", [-5, 5, 20])
def test_agrees_with_pystoi_called_directly(ratio, speech, noisy):
    """Its own resampling to 10 kHz differs from ours in the fifth decimal."""
    expected = pystoi.stoi(speech, noisy(ratio), RATE)
    assert stoi(speech, noisy(ratio), RATE) == pytest.approx(expected, abs=1e-4)


def test_perfect_reconstruction_is_fully_intelligible(speech):
    assert stoi(speech, speech, RATE) == pytest.approx(1.0)


def test_level_does_not_matter(speech, noisy):
    """Speech is as intelligible at half the volume."""
    assert stoi(speech, 0.5 * noisy(5), RATE) == pytest.approx(stoi(speech, noisy(5), RATE))


@pytest.mark.parametrize("seconds", [0.01, 0.02, 0.39])
def test_a_clip_too_short_is_refused(seconds, speech):
    clip = speech[1000 : 1000 + round(seconds * RATE)]
    with pytest.raises(UnscorableClip, match=r"at least 0.4 s"):
        stoi(clip, clip, RATE)


def test_too_little_speech_in_the_clip_is_refused_and_not_scored_as_nothing(speech):
    """pystoi warns and returns 1e-5, which in a mean is an unintelligible clip."""
    mostly_silent = np.where(np.arange(len(speech)) < 0.3 * RATE, speech, 1e-7 * speech)
    with warnings.catch_warnings(), pytest.raises(UnscorableClip, match="30 frames"):
        warnings.simplefilter("ignore")
        stoi(mostly_silent, mostly_silent, RATE)
