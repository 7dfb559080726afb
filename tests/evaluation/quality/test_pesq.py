import numpy as np
import pytest
import soxr
import torch
from torchmetrics.functional.audio import perceptual_evaluation_speech_quality

from evaluation.quality.pair import UnscorableClip
from evaluation.quality.pesq import pesq_nb, pesq_wb

RATE = 24_000


@pytest.mark.parametrize(
    ("metric", "mode", "rate"), [(pesq_wb, "wb", 16000), (pesq_nb, "nb", 8000)]
)
@pytest.mark.parametrize("ratio", [5, 25])
def test_agrees_with_torchmetrics_on_the_resampled_clips(metric, mode, rate, ratio, speech, noisy):
    """Reference and estimate exchanged, or the wrong band, would give another plausible number."""
    reference, estimate = (
        torch.from_numpy(soxr.resample(sound, RATE, rate)) for sound in (speech, noisy(ratio))
    )
    expected = perceptual_evaluation_speech_quality(estimate, reference, rate, mode)
    assert metric(speech, noisy(ratio), RATE) == pytest.approx(float(expected), abs=1e-3)


def telephone(sound):
    """16-bit samples at 8 kHz, so that another program can be given the very same ones."""
    return np.round(soxr.resample(sound, RATE, 8000) * 16384) / 32768


@pytest.mark.parametrize(
    ("ratio", "expected"), [(0, 2.11101), (10, 2.74972), (20, 3.37832), (30, 3.90740)]
)
def test_agrees_with_another_build_of_the_itu_code(ratio, expected, speech, noisy):
    """Expected: the C core of pypesq 1.2.4 on these samples, mapped by ITU-T P.862.1."""
    score = pesq_nb(telephone(speech), telephone(noisy(ratio)), 8000)
    assert score == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("metric", "best"), [(pesq_wb, 4.644), (pesq_nb, 4.549)])
def test_perfect_reconstruction_gets_the_best_score(metric, best, speech):
    assert metric(speech, speech, RATE) == pytest.approx(best, abs=1e-3)


def test_the_telephone_band_does_not_hear_what_is_above_it(speech):
    """Which is why both are reported: a codec that loses all above 4 kHz is fine by one of them."""
    muffled = soxr.resample(soxr.resample(speech, RATE, 8000), 8000, RATE)
    assert pesq_nb(speech, muffled, RATE) > 4.5
    assert pesq_wb(speech, muffled, RATE) < 4.5


@pytest.mark.parametrize("metric", [pesq_wb, pesq_nb])
@pytest.mark.parametrize("seconds", [0.24, 20.1])
def test_clips_too_short_or_too_long_are_refused(metric, seconds, speech):
    """The C code holds 50 utterances and writes past them: at 30 s it has ended the process."""
    clip = np.resize(speech, round(seconds * RATE))
    with pytest.raises(UnscorableClip, match=r"0.25 to 20 s"):
        metric(clip, clip, RATE)


@pytest.mark.parametrize("metric", [pesq_wb, pesq_nb])
def test_a_clip_of_most_utterances_is_scored(metric):
    """The longest clip allowed, with as many utterances as fit, stays within the C code's room."""
    times = np.arange(20 * RATE) / RATE
    noise = np.random.default_rng(0).normal(size=len(times))
    clip = 0.1 * noise * (times % 0.41 < 0.206) + 1e-5 * noise
    assert metric(clip, clip, RATE) > 4.5


@pytest.mark.parametrize("metric", [pesq_wb, pesq_nb])
def test_a_click_is_no_utterance(metric):
    clip = np.zeros(2 * RATE)
    clip[RATE : RATE + 1200] = 0.1 * np.random.default_rng(0).normal(size=1200)
    with pytest.raises(UnscorableClip, match="PESQ: No utterances detected"):
        metric(clip, clip, RATE)


def test_sound_at_the_very_end_that_brings_the_c_code_to_nan_is_refused():
    clip = np.zeros(4000)
    clip[-50:] = 0.1 * np.random.default_rng(0).normal(size=50)
    with pytest.raises(UnscorableClip, match="NaN"):
        pesq_wb(clip, clip, 16_000)
