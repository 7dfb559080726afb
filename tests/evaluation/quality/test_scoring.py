from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.random import default_rng

from evaluation.quality.metrics import HIGHER_IS_BETTER, QUALITY
from evaluation.quality.scoring import score_pair

RATE = 24_000
LIBRISPEECH = Path(__file__).parents[4] / "shared/data/librispeech/audio"


def test_each_metric_is_scored(speech, noisy):
    scores, failures = score_pair(speech, noisy(20), RATE)
    assert scores.keys() == QUALITY.keys()
    assert failures == {}
    assert scores["si_sdr"] == pytest.approx(20, abs=0.1)


def test_one_metric_that_fails_does_not_lose_the_others(speech, noisy):
    """A clip too long for PESQ still has its SI-SDR, and the table says why PESQ is missing."""
    reference, estimate = np.tile(speech, 8), np.tile(noisy(20), 8)
    scores, failures = score_pair(reference, estimate, RATE)
    assert scores.keys() == {"si_sdr", "stoi", "log_mel_distance"}
    assert failures.keys() == {"pesq_wb", "pesq_nb"}
    assert all("20 s" in reason for reason in failures.values())


def test_a_silent_reconstruction_has_no_score_at_all(speech):
    """A collapsed model must show as failures, not as scores of some other meaning."""
    scores, failures = score_pair(speech, 0 * speech, RATE)
    assert scores == {}
    assert failures.keys() == QUALITY.keys()


def test_a_perfect_reconstruction_lacks_only_its_infinite_ratio(speech):
    scores, failures = score_pair(speech, speech, RATE)
    assert scores.keys() == QUALITY.keys() - {"si_sdr"}
    assert failures.keys() == {"si_sdr"}


def test_an_error_of_the_program_is_not_taken_for_a_failed_clip(speech):
    """Swallowed, a mistake in the code would read as a model that cannot be scored."""
    with pytest.raises(AttributeError):
        score_pair(list(speech), speech, RATE)


@pytest.mark.skipif(not LIBRISPEECH.is_dir(), reason=f"needs real speech in {LIBRISPEECH}")
def test_real_speech_is_worse_the_noisier_in_every_metric():
    path = min(LIBRISPEECH.glob("*.flac"))
    samples, rate = soundfile.read(path)
    clip = soxr.resample(samples[: 5 * rate], rate, RATE)
    noise = default_rng(0).normal(size=len(clip)) * clip.std()
    little, much = (score_pair(clip, clip + share * noise, RATE)[0] for share in (0.05, 0.5))
    for name, higher in HIGHER_IS_BETTER.items():
        assert (little[name] > much[name]) == higher
