import numpy as np

from projects.codec.study.narrator import draw_narrator


def test_no_voice_is_heard_in_two_runs():
    """A split by run would leak voices from training into the test."""
    voices = {draw_narrator(0, run, index) for run in range(10) for index in range(3)}
    assert len(voices) == 30


def test_voices_are_of_one_family_and_still_differ():
    """Narrators would be no people, or all the same one."""
    voices = [draw_narrator(0, run, index) for run in range(50) for index in range(3)]
    pitch_hz = np.array([voice.pitch_hz for voice in voices])
    scale = np.array([voice.formant_scale for voice in voices])
    assert 80 < pitch_hz.min() < 100 and 210 < pitch_hz.max() < 240
    assert 0.9 < scale.min() < 1.0 and 1.2 < scale.max() < 1.35
    assert np.corrcoef(np.log(pitch_hz), scale)[0, 1] > 0.8
