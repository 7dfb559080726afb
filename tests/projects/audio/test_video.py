import struct

import numpy as np
import pytest
import scipy.signal
from video_files import write_pieces, write_video

from projects.audio import video
from projects.audio.decode import RecordingError
from projects.audio.video import is_video, sound_of_video

RATE = 48000
SECONDS = 3
CODEC_FRAME = 1 / 75
TIME = np.arange(SECONDS * RATE) / RATE
TONE = (0.25 * np.sin(2 * np.pi * 1000 * TIME)).astype(np.float32)
CHIRP = (0.25 * np.sin(2 * np.pi * (300 + 400 * TIME) * TIME)).astype(np.float32)
SECOND = CHIRP[:RATE]

LOSSY = [
    ("a.mp4", "aac", "mpeg4"),
    ("a.mov", "aac", "mpeg4"),
    ("a.mkv", "aac", "mpeg4"),
    ("a.mp4", "libopus", "mpeg4"),
    ("a.webm", "libopus", "libvpx"),
    ("a.m4a", "aac", None),
]
EXACT = [
    ("a.mkv", "pcm_s16le", "mpeg4"),
    ("a.mov", "pcm_s16le", None),
    ("a.avi", "pcm_s16le", None),
]


@pytest.fixture
def make_video(tmp_path):
    def make(name, *sounds, **how):
        return write_video(tmp_path / name, *sounds, **how)

    return make


def lag(samples, reference):
    """Seconds by which samples come behind a reference."""
    correlation = scipy.signal.correlate(samples, reference, method="fft")
    return (np.argmax(correlation) - len(reference) + 1) / RATE


def reason(path):
    with pytest.raises(RecordingError) as caught:
        sound_of_video(path)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 1
    return str(caught.value)


@pytest.mark.parametrize(("name", "codec", "film"), LOSSY + EXACT)
def test_a_tone_comes_back_at_its_pitch_level_and_length(make_video, name, codec, film):
    sound = sound_of_video(make_video(name, TONE, codec=codec, film=film))
    assert sound.sample_rate == RATE
    assert sound.samples.dtype == np.float32
    assert sound.samples.ndim == 1
    assert sound.seconds == pytest.approx(SECONDS, abs=0.025)
    inner = sound.samples[RATE : 2 * RATE]
    assert np.argmax(np.abs(np.fft.rfft(inner))) == 1000
    assert inner.std() == pytest.approx(TONE.std(), rel=0.02)


@pytest.mark.parametrize(("name", "codec", "film"), LOSSY + EXACT)
def test_sound_is_on_the_videos_clock(make_video, name, codec, film):
    """AAC puts 21 ms in front: sound and brain would be compared a frame and a half apart."""
    sound = sound_of_video(make_video(name, CHIRP, codec=codec, film=film))
    assert lag(sound.samples, CHIRP) == pytest.approx(0, abs=0.001)


def test_what_was_not_compressed_comes_back_to_the_bit(make_video):
    sound = sound_of_video(make_video("a.mkv", CHIRP, codec="pcm_s16le"))
    assert len(sound.samples) == len(CHIRP)
    np.testing.assert_allclose(sound.samples, CHIRP, atol=1e-4)


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
@pytest.mark.parametrize("name", ["a.mkv", "a.mov"])
def test_sound_that_starts_late_is_silent_until_then(make_video, name, codec):
    """Put at the start, it would run half a second ahead of the picture."""
    sound = sound_of_video(make_video(name, CHIRP, codec=codec, starts=0.5))
    assert lag(sound.samples, CHIRP) == pytest.approx(0.5, abs=CODEC_FRAME)
    assert np.abs(sound.samples[: int(0.45 * RATE)]).max() == 0


def test_a_gap_in_the_sound_is_silent(tmp_path):
    """Closed up, everything behind it would be early."""
    sound = sound_of_video(write_pieces(tmp_path / "a.mkv", (0, SECOND), (1.5, SECOND)))
    assert sound.seconds == pytest.approx(2.5, abs=0.001)
    assert np.abs(sound.samples[RATE + 100 : 3 * RATE // 2 - 100]).max() == 0
    np.testing.assert_allclose(sound.samples[3 * RATE // 2 :][:1000], CHIRP[:1000], atol=1e-4)


def test_overlapping_sound_is_cut_to_its_time(tmp_path):
    sound = sound_of_video(write_pieces(tmp_path / "a.mkv", (0, SECOND), (0.5, SECOND)))
    assert sound.seconds == pytest.approx(1.5, abs=0.001)
    np.testing.assert_allclose(sound.samples[RATE:], CHIRP[RATE // 2 : RATE], atol=1e-4)


def test_twelve_hours_of_silence_do_not_fill_the_memory(tmp_path):
    path = write_pieces(tmp_path / "a.mkv", (0, SECOND), (10**6, SECOND))
    assert reason(path).startswith("expected at most 2147483648 frames")


def test_a_damaged_time_does_not_fill_the_memory(tmp_path):
    """Silence up to it would: more than the file promises in all."""
    path = write_pieces(tmp_path / "a.mkv", (0, SECOND), (20_000, SECOND))
    in_milliseconds, three_seconds = struct.pack(">d", 20_001_000), struct.pack(">d", 3000)
    assert in_milliseconds in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(in_milliseconds, three_seconds))
    assert reason(path) == "damaged: its header promises 3.00 s, sound is at 20000.00 s"


def test_sound_without_end_does_not_fill_the_memory(make_video, monkeypatch):
    monkeypatch.setattr(video, "MOST_FRAMES", 2 * RATE)
    assert reason(make_video("a.mp4", TONE)).startswith("expected at most 96000 frames")


def test_stereo_is_the_mean_of_its_channels(make_video):
    """Taking the left one alone would lose a speaker on the right."""
    stereo = np.stack([CHIRP, 0 * CHIRP], axis=1)
    sound = sound_of_video(make_video("a.mkv", stereo, codec="pcm_s16le"))
    np.testing.assert_allclose(sound.samples, CHIRP / 2, atol=1e-4)


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
def test_sound_all_around_is_the_mean_of_its_channels(make_video, codec):
    """Of eight planes PyAV reads a ninth, which ends the program."""
    around = np.zeros((len(CHIRP), 8), np.float32)
    around[:, [0, 5]] = CHIRP[:, None]
    sound = sound_of_video(make_video("a.mkv", around, codec=codec))
    inner = slice(RATE, 2 * RATE)
    assert sound.samples[inner].std() == pytest.approx(CHIRP[inner].std() / 4, rel=0.02)


def test_of_several_sounds_the_first_is_taken(make_video):
    """The second one is a commentary or another language."""
    sound = sound_of_video(make_video("a.mkv", CHIRP, TONE, codec="pcm_s16le"))
    np.testing.assert_allclose(sound.samples, CHIRP, atol=1e-4)


def test_a_name_does_not_matter(make_video):
    path = make_video("a.mp4", TONE)
    for name in ("film", "sound.wav", "http: no address.mp4", "Amsel über Köln.mp4"):
        path = path.rename(path.with_name(name))
        assert sound_of_video(path).seconds == pytest.approx(SECONDS, abs=0.025)


def test_a_title_in_another_encoding_does_not_matter(make_video):
    """Old programs wrote titles in Latin-1."""
    path = make_video("a.mkv", TONE, title="Kohlmeise")
    data = path.read_bytes()
    assert b"Kohlmeise" in data
    path.write_bytes(data.replace(b"Kohlmeise", "Müllvogel".encode("latin-1")[:9]))
    assert sound_of_video(path).seconds > 2


def test_a_relative_name_with_a_colon_is_no_address(make_video, monkeypatch):
    path = make_video("a.mp4", TONE)
    path = path.rename(path.with_name("tape: 1.mp4"))
    monkeypatch.chdir(path.parent)
    assert sound_of_video(path.relative_to(path.parent)).seconds > 2


def test_a_missing_file_is_named_so(tmp_path):
    assert reason(tmp_path / "none.mp4") == "no such file"


def test_a_zero_byte_file_is_named_so(tmp_path):
    (tmp_path / "zero.mp4").touch()
    assert "empty (0 bytes)" in reason(tmp_path / "zero.mp4")
    assert not is_video(tmp_path / "zero.mp4")


def test_text_renamed_mp4_is_named_so(tmp_path):
    (tmp_path / "text.mp4").write_text("dawn chorus, May\n" * 50)
    assert reason(tmp_path / "text.mp4").startswith("expected undamaged sound in MP4")
    assert not is_video(tmp_path / "text.mp4")


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile a.mp4\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\na.mp4\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_list_of_other_files_opens_none_of_them(make_video, text):
    """A playlist among the videos could read, or call, whatever it names."""
    path = make_video("a.mp4", TONE)
    path.with_name("list.mp4").write_text(text)
    assert reason(path.with_name("list.mp4")).startswith("expected undamaged sound in MP4")


def test_a_silent_film_is_named_so(make_video):
    assert reason(make_video("a.mp4")) == "no audio stream"


def test_digital_silence_is_no_recording(make_video):
    assert "digital silence" in reason(make_video("a.mkv", 0 * TONE, codec="pcm_s16le"))


def test_a_tenth_of_a_second_is_too_short(make_video):
    path = make_video("a.mkv", TONE[: RATE // 10], codec="pcm_s16le")
    assert "at least 0.25 s of sound, got 0.100 s" in reason(path)


@pytest.mark.parametrize("kept", [0.001, 0.2, 0.5, 0.8])
@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "aac", {}),
        ("a.mp4", "aac", {"movflags": "faststart"}),
        ("a.mkv", "aac", {}),
        ("a.webm", "libopus", {}),
        ("a.avi", "pcm_s16le", {}),
    ],
)
def test_a_truncated_video_is_no_recording(make_video, name, codec, options, kept):
    """A download that broke off must not pass for the whole film."""
    film = "libvpx" if name == "a.webm" else "mpeg4"
    path = make_video(name, CHIRP, codec=codec, film=film, **options)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    assert reason(path)


def test_random_damage_is_refused_or_survived(make_video):
    """Whatever is in the file, the job goes on to the next one."""
    path = make_video("a.mkv", CHIRP)
    data = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(30):
        damaged = bytearray(data)
        for place in random.integers(0, len(data), 20):
            damaged[place] = random.integers(256)
        path.write_bytes(damaged)
        try:
            assert np.isfinite(sound_of_video(path).samples).all()
        except RecordingError as error:
            assert "\n" not in str(error)


def test_an_unknown_codec_is_named_so(make_video):
    path = make_video("a.mkv", TONE)
    path.write_bytes(path.read_bytes().replace(b"A_AAC", b"A_XYZ"))
    assert "Decoder not found" in reason(path)


def test_samples_that_are_no_sound_are_counted(make_video):
    """One NaN would make the whole spectrogram NaN."""
    path = make_video("a.mkv", TONE, codec="pcm_f32le", film=None)
    sample = struct.pack("<f", TONE[5000])
    path.write_bytes(path.read_bytes().replace(sample, struct.pack("<f", np.nan), 1))
    assert reason(path).startswith(f"1 of {len(TONE)} samples are NaN")


def test_a_rate_that_changes_is_refused(tmp_path):
    """At the wrong rate the second half would be an octave off."""
    path = write_pieces(
        tmp_path / "a.mkv", (0, SECOND), (1, SECOND), codec="libmp3lame", rates=(RATE, RATE // 2)
    )
    assert reason(path).startswith("its sound changes from 48000 Hz mono")
