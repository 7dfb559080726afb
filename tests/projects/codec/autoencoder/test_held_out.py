import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.audio.decode import RecordingError
from projects.audio.digests import with_digests
from projects.audio.splits import TEST, TRAIN
from projects.codec.autoencoder.held_out import cut_clips, cut_named, cut_recordings
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
    clips = cut_clips([stimulus], [split], Cutting(3.0, 12), RATE)
    inside = [(16, 28), (32, 40)]
    for clip in clips:
        heard = clip.sound.samples * 100
        assert heard[0] == pytest.approx(clip.start, abs=1e-3)
        end = clip.start + clip.sound.seconds
        assert heard[-1] == pytest.approx(end, abs=1e-3)
        assert any(since <= clip.start and end <= until + 1e-6 for since, until in inside)
        assert (clip.audio, clip.group) == ("sound a", "narrator")
    assert [clip.item for clip in clips] == [
        "a@16-19s", "a@19-22s", "a@22-25s", "a@25-28s", "a@32-35s", "a@35-38s", "a@38-40s"
    ]  # fmt: skip


def test_no_more_clips_a_stretch_than_asked_for(ramp, make_stimulus):
    stimulus = make_stimulus(20, path=str(ramp))
    clips = cut_clips([stimulus], [sides((TEST, 20))], Cutting(2.0, 3), RATE)
    assert len(clips) == 3


def test_a_recording_without_a_test_side_is_not_even_read(make_stimulus):
    """With groups, most recordings are training: reading them all would take an hour of films."""
    stimulus = make_stimulus(4, path="/nowhere.wav")
    assert cut_clips([stimulus], [sides((TRAIN, 4))], Cutting(2.0, 3), RATE) == []


def test_clips_are_at_the_codecs_rate_whatever_the_recordings(tmp_path, make_stimulus):
    time = np.arange(16 * 44_100) / 44_100
    soundfile.write(tmp_path / "a.wav", 0.3 * np.sin(2 * np.pi * 440 * time), 44_100)
    stimulus = make_stimulus(8, path=str(tmp_path / "a.wav"))
    split = sides((TRAIN, 4), (TEST, 4))
    (clip, *_) = cut_clips([stimulus], [split], Cutting(2.0, 4), RATE)
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
    clips = cut_clips(stimuli, split, Cutting(10.0, 12), RATE)
    assert [clip.group for clip in clips] == ["a"] * 4


def manifest(**paths) -> pd.DataFrame:
    """Recordings of these names, each a group of its own."""
    rows = [(name, str(path), f"group {name}") for name, path in paths.items()]
    return with_digests(pd.DataFrame(rows, columns=["recording_id", "path", "group"]))


def test_whole_recordings_are_cut_from_start_to_end(ramp):
    """A new test set is all that there is: what was heard of it is not known here."""
    clips = cut_recordings(manifest(a=ramp), Cutting(15.0, 12), RATE)
    assert [clip.item for clip in clips] == ["a@0-15s", "a@15-30s", "a@30-40s"]
    for clip, start in zip(clips, (0, 15, 30), strict=True):
        assert clip.sound.samples[0] * 100 == pytest.approx(start, abs=1e-3)
        assert clip.start == start
        assert clip.group == "group a"


def test_one_sound_under_two_names_is_cut_once(ramp):
    clips = cut_recordings(manifest(a=ramp, b=ramp), Cutting(15.0, 1), RATE)
    assert [clip.item for clip in clips] == ["a@15-30s"]


def test_recordings_that_cannot_be_read_are_left_out_by_name(ramp, caplog):
    """A thousand recordings are not to be lost for one, and the one is not to be lost unseen."""
    clips = cut_recordings(manifest(a="/no/a.wav", b="/no/b.wav", c=ramp), Cutting(15.0, 1), RATE)
    assert [clip.item for clip in clips] == ["c@15-30s"]
    said = [record.getMessage() for record in caplog.records]
    assert [line.split(":")[:2] for line in said] == [["left out", " a"], ["left out", " b"]]
    with pytest.raises(RecordingError, match="not one of 2 recordings could be read"):
        cut_recordings(manifest(a="/no/a.wav", b="/no/b.wav"), Cutting(15.0, 1), RATE)


@given(st.integers(RATE, 39 * RATE), st.integers(RATE // 10, RATE), st.floats(1, 20))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_clip_is_found_again_by_its_name_to_the_sample(ramp, start, length, seconds):
    """Two models are compared clip by clip: a clip of other length or place is another clip."""
    recordings = manifest(a=ramp)
    names = {clip.item for clip in cut_recordings(recordings, Cutting(seconds, 3), RATE)}
    assert {clip.item for clip in cut_named(recordings, names, RATE)} == names
    name = f"a@{start / RATE:.10g}-{(start + length) / RATE:.10g}s"
    (clip,) = cut_named(recordings, [name], RATE)
    whole, _ = soundfile.read(ramp, dtype="float32")
    assert np.array_equal(clip.sound.samples, whole[start : start + length])
    assert clip.item == name


def test_what_is_named_otherwise_or_not_there_is_not_cut(ramp):
    names = ["a@3s", "a", "b@0-3s", "a@x-3s", "a@1..2-3s"]
    assert cut_named(manifest(a=ramp), names, RATE) == []
