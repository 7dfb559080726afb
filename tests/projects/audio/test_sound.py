import numpy as np
import pytest
import soundfile
from video_files import write_video

from projects.audio.decode import RecordingError, decode
from projects.audio.sound import read_sound
from projects.audio.video import sound_of_video

RATE = 48000
TONE = (0.25 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)).astype(np.float32)
FILMS = {"mp4": "aac", "mov": "aac", "m4a": "aac", "mkv": "aac", "webm": "libopus", "avi": "mp2"}


def reason(path):
    with pytest.raises(RecordingError) as caught:
        read_sound(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_a_sound_file_is_read_as_decode_reads_it(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, TONE, RATE)
    np.testing.assert_array_equal(read_sound(path).samples, decode(path).samples)


@pytest.mark.parametrize(("suffix", "codec"), FILMS.items())
def test_a_video_is_read_as_a_video(tmp_path, suffix, codec):
    path = write_video(tmp_path / f"a.{suffix}", TONE, codec=codec, film=None)
    sound = read_sound(path)
    np.testing.assert_array_equal(sound.samples, sound_of_video(path).samples)
    assert sound.seconds == pytest.approx(1, abs=0.05)


def test_a_wrong_suffix_does_not_matter(tmp_path):
    """Phones and web pages name files as they like."""
    soundfile.write(tmp_path / "a.wav", TONE, RATE)
    write_video(tmp_path / "a.mp4", TONE)
    (tmp_path / "a.wav").rename(tmp_path / "really a sound.mp4")
    (tmp_path / "a.mp4").rename(tmp_path / "really a video.wav")
    assert len(read_sound(tmp_path / "really a sound.mp4").samples) == RATE
    assert read_sound(tmp_path / "really a video.wav").seconds == pytest.approx(1, abs=0.025)


@pytest.mark.parametrize("name", ["text.wav", "text.mp4", "text"])
def test_text_is_named_neither(tmp_path, name):
    (tmp_path / name).write_text("dawn chorus, May\n" * 50)
    assert reason(tmp_path / name).startswith("expected WAV, FLAC, OGG or MP3 audio or video in")


def test_a_truncated_flac_does_not_come_in_as_a_video(tmp_path):
    """FFmpeg reads half a FLAC and says nothing."""
    path = tmp_path / "a.flac"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, RATE), RATE)
    data = path.read_bytes()
    for kept in (0.001, 0.3, 0.99):
        path.write_bytes(data[: int(len(data) * kept)])
        assert reason(path)


def test_a_video_without_its_end_is_named_damaged(tmp_path):
    """The index of an MP4 stands at its end."""
    path = write_video(tmp_path / "a.mp4", TONE)
    path.write_bytes(path.read_bytes()[:-500])
    assert "damaged" in reason(path)


def test_missing_and_empty_files_are_named_so(tmp_path):
    (tmp_path / "zero.mp4").touch()
    assert reason(tmp_path / "none.mp4") == "no such file"
    assert "empty (0 bytes)" in reason(tmp_path / "zero.mp4")


def test_headerless_samples_stop_nothing_else(tmp_path):
    """soundfile raises a TypeError for them."""
    (tmp_path / "samples.raw").write_bytes(TONE.tobytes())
    assert "got .raw" in reason(tmp_path / "samples.raw")
