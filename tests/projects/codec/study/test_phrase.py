import numpy as np
import pytest

from projects.codec.study.narrator import draw_narrator
from projects.codec.study.phrase import HOP, draw_phrase
from projects.codec.study.settings import SAMPLE_RATE


@pytest.fixture(scope="module")
def phrases():
    rng = np.random.default_rng(0)
    return [draw_phrase(draw_narrator(0, 0, k % 2), rng) for k in range(40)]


def test_phrases_last_as_long_as_breath_does(phrases):
    """Speech would be single cries, or one breathless stream."""
    seconds = np.array([len(phrase.voicing) for phrase in phrases]) * HOP / SAMPLE_RATE
    assert seconds.min() > 0.7 and seconds.max() < 6
    assert 1.5 < seconds.mean() < 3.5


def test_the_voice_falls_over_a_phrase(phrases):
    """Speech would sound like a monotone machine."""
    starts = [np.mean(np.split(p.pitch_hz, [len(p.pitch_hz) // 3])[0]) for p in phrases]
    ends = [np.mean(p.pitch_hz[-len(p.pitch_hz) // 3 :]) for p in phrases]
    fall = 12 * np.log2(np.array(starts) / np.array(ends))
    assert 1 < fall.mean() < 6
    assert all(p.pitch_hz.std() / p.pitch_hz.mean() > 0.03 for p in phrases)


def test_the_mouth_moves_and_does_not_jump(phrases):
    """Vowels would be switched like an organ's stops: audible clicks."""
    for phrase in phrases:
        steps = np.abs(np.diff(phrase.formants_hz, axis=0)) / phrase.formants_hz[1:]
        assert steps.max() < 0.3
        assert (phrase.formants_hz.std(axis=0) > [50, 150, 100]).all()
        assert (np.diff(phrase.formants_hz, axis=1) > 0).all()


def test_speech_has_voiced_sounds_breath_hiss_and_closures(phrases):
    """It would be a song of vowels, which is easier to code than speech."""
    voicing = np.concatenate([phrase.voicing for phrase in phrases])
    frication = np.concatenate([phrase.frication for phrase in phrases])
    aspiration = np.concatenate([phrase.aspiration for phrase in phrases])
    assert 0.4 < np.mean(voicing > 0.3) < 0.85
    assert 0.05 < np.mean(frication > 0.05) < 0.4
    assert np.mean(aspiration > 0.1) > 0.02
    assert np.mean((voicing < 0.2) & (frication < 0.02) & (aspiration < 0.02)) > 0.03
