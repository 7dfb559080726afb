import numpy as np
import pytest
import soundfile

from projects.audio.splits import TEST, TRAIN
from projects.codec.autoencoder.held_out import cut_test_clips
from projects.codec.clips import Cutting

RATE = 24_000


@pytest.fixture
def ramp(tmp_path):
    """Each sample says where it is: second / 100."""
    samples = np.arange(40 * RATE) / RATE / 100
    soundfile.write(tmp_path / "ramp.wav", samples, RATE, "FLOAT")
    return tmp_path / "ramp.wav"


def sides(*blocks):
    return np.concatenate([np.repeat(np.array(side, "U10"), count) for side, count in blocks])


def test_clips_come_from_test_stretches_alone_and_say_where(ramp, make_stimulus):
    """A clip that began a second early would test on the gap, or on what was trained on."""
    stimulus = make_stimulus(20, "a", path=str(ramp), group="narrator")
    split = sides((TRAIN, 5), ("gap", 3), (TEST, 6), ("gap", 2), (TEST, 4))
    clips = cut_test_clips([stimulus], [split], Cutting(3.0, 12), RATE)
    inside = [(16, 28), (32, 40)]
    for clip in clips:
        heard = clip.sound.samples * 100
        assert heard[0] == pytest.approx(clip.start, abs=1e-3)
        end = clip.start + clip.sound.seconds
        assert heard[-1] == pytest.approx(end, abs=1e-3)
        assert any(since <= clip.start and end <= until + 1e-6 for since, until in inside)
        assert (clip.audio, clip.group) == ("sound a", "narrator")
    assert [clip.item for clip in clips] == [
        "a@16s", "a@19s", "a@22s", "a@25s", "a@32s", "a@35s", "a@38s"
    ]  # fmt: skip


def test_no_more_clips_a_stretch_than_asked_for(ramp, make_stimulus):
    stimulus = make_stimulus(20, path=str(ramp))
    clips = cut_test_clips([stimulus], [sides((TEST, 20))], Cutting(2.0, 3), RATE)
    assert len(clips) == 3


def test_a_recording_without_a_test_side_is_not_even_read(make_stimulus):
    """With groups, most recordings are training: reading them all would take an hour of films."""
    stimulus = make_stimulus(4, path="/nowhere.wav")
    assert cut_test_clips([stimulus], [sides((TRAIN, 4))], Cutting(2.0, 3), RATE) == []


def test_clips_are_at_the_codecs_rate_whatever_the_recordings(tmp_path, make_stimulus):
    time = np.arange(16 * 44_100) / 44_100
    soundfile.write(tmp_path / "a.wav", 0.3 * np.sin(2 * np.pi * 440 * time), 44_100)
    stimulus = make_stimulus(8, path=str(tmp_path / "a.wav"))
    split = sides((TRAIN, 4), (TEST, 4))
    (clip, *_) = cut_test_clips([stimulus], [split], Cutting(2.0, 4), RATE)
    assert clip.sound.sample_rate == RATE
    assert clip.sound.seconds == 2
    loudest = np.abs(np.fft.rfft(clip.sound.samples)).argmax() / 2
    assert loudest == pytest.approx(440, abs=1)


def test_a_sound_of_several_listeners_is_one_piece_of_evidence(ramp, make_stimulus):
    """Counted three times it would make every interval narrower than what is known."""
    stimuli = [
        make_stimulus(20, name, path=str(ramp), audio="the film", group=name) for name in "abc"
    ]
    split = [sides((TEST, 20))] * 3
    clips = cut_test_clips(stimuli, split, Cutting(10.0, 12), RATE)
    assert [clip.group for clip in clips] == ["a"] * 4
