import numpy as np
import pytest

from projects.codec.study import Study
from projects.codec.study import stimulus as module
from projects.codec.study.settings import SAMPLE_RATE
from projects.codec.study.stimulus import soundtrack

STUDY = Study(minutes=0.5)


@pytest.fixture(scope="module")
def sound():
    return soundtrack(STUDY, 0)


def test_a_run_is_as_long_as_asked_and_never_clipped(sound):
    """The responses would be of other lengths than the sound, or the sound distorted."""
    assert sound.shape == (STUDY.samples,) == (30 * SAMPLE_RATE,)
    assert sound.dtype == np.float32
    assert 0.1 < np.abs(sound).max() <= 0.9 + 1e-6


def test_a_run_is_the_same_however_many_there_are(sound):
    """Asking for one more run would change all others."""
    assert np.array_equal(sound, soundtrack(Study(runs=9, minutes=0.5), 0))
    assert not np.array_equal(sound, soundtrack(STUDY, 1))
    assert not np.array_equal(sound, soundtrack(Study(minutes=0.5, seed=1), 0))


def test_pauses_are_quiet_but_not_dead(sound):
    """PESQ, SI-SDR and decibels fail on digital silence, which no room has."""
    levels = 10 * np.log10(np.mean(sound[: 100 * 7200].reshape(-1, 7200) ** 2, axis=1))
    assert -65 < levels.min() < -50
    assert 0.05 < np.mean(levels < -50) < 0.5
    assert levels.max() > -30


def test_several_narrators_and_music_are_heard(monkeypatch):
    """The stimulus would be one voice, and a codec judged on that alone."""
    voices, music = [], []
    narrate, play = module.narrate, module.play
    monkeypatch.setattr(module, "narrate", lambda v, *a: voices.append(v) or narrate(v, *a))
    monkeypatch.setattr(module, "play", lambda *a: music.append(a) or play(*a))
    soundtrack(Study(minutes=2.5), 0)
    assert len(set(voices)) == module.NARRATORS
    assert 1 <= len(music) < len(voices)
