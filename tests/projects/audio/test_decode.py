import io
import struct

import numpy as np
import pytest
import soundfile

from projects.audio.decode import RecordingError, decode
from projects.audio.resample import resample

RATE = 22050
TONE = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * RATE) / RATE)).astype(np.float32)


def encoded(samples=TONE, rate=RATE, **how) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, **{"format": "WAV", **how})
    return buffer.getvalue()


def reason(source) -> str:
    with pytest.raises(RecordingError) as caught:
        decode(source)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("how", "tolerance"),
    [
        ({"subtype": "PCM_U8"}, 0.01),
        ({"subtype": "PCM_16"}, 1e-4),
        ({"subtype": "FLOAT"}, 1e-7),
        ({"subtype": "DOUBLE"}, 1e-7),
        ({"format": "FLAC"}, 1e-4),
        ({"format": "OGG"}, 0.1),
        ({"format": "MP3"}, 0.1),
    ],
)
def test_each_format_comes_out_as_the_sound_that_went_in(how, tolerance):
    sound = decode(encoded(**how))
    assert sound.sample_rate == RATE
    assert sound.samples.dtype == np.float32
    assert sound.samples.ndim == 1
    assert sound.seconds == pytest.approx(2, abs=0.01)
    inner = slice(RATE // 2, RATE)
    assert np.abs(sound.samples[inner] - TONE[inner]).max() < tolerance


def test_stereo_is_the_mean_of_its_channels():
    """Taking the left one alone would lose a bird on the right."""
    sound = decode(encoded(np.stack([TONE, 0 * TONE], axis=1), subtype="FLOAT"))
    np.testing.assert_allclose(sound.samples, TONE / 2, atol=1e-6)


def test_a_rate_of_96_khz_keeps_the_pitch():
    time = np.arange(96000) / 96000
    sound = resample(decode(encoded(np.sin(2 * np.pi * 3000 * time), 96000)), RATE)
    spectrum = np.abs(np.fft.rfft(sound.samples))
    assert np.argmax(spectrum) * RATE / len(sound.samples) == pytest.approx(3000, abs=2)
    assert sound.seconds == pytest.approx(1, abs=0.001)


def test_a_missing_file_is_named_so(tmp_path):
    assert reason(tmp_path / "none.wav") == "no such file"


def test_a_zero_byte_file_is_named_so(tmp_path):
    (tmp_path / "zero.wav").touch()
    assert "empty (0 bytes)" in reason(tmp_path / "zero.wav")


def test_text_renamed_wav_is_named_so(tmp_path):
    (tmp_path / "text.wav").write_text("dawn chorus, May\n" * 50)
    assert reason(tmp_path / "text.wav").startswith("expected WAV, FLAC, OGG or MP3 audio")


def test_headerless_samples_stop_nothing_else(tmp_path):
    """Their rate is a guess, and soundfile raises a TypeError for them."""
    (tmp_path / "samples.RAW").write_bytes(TONE.tobytes())
    assert "got .raw" in reason(tmp_path / "samples.RAW")


@pytest.mark.parametrize("kept", [0.001, 0.3, 0.5, 0.99])
def test_a_truncated_flac_is_no_recording(kept):
    """Half a recording must not pass for a whole one."""
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, RATE)
    data = encoded(noise, format="FLAC")
    assert reason(data[: int(len(data) * kept)])


def test_a_truncated_mp3_is_no_recording():
    data = encoded(np.random.default_rng(0).uniform(-0.5, 0.5, 5 * RATE), format="MP3")
    assert reason(data[: len(data) // 2]).startswith("truncated: its header promises")


@pytest.mark.parametrize("frames", [0, 2**36 - 1])
def test_a_flac_header_without_a_true_length_stops_nothing_else(frames):
    """FLACs piped out of a program hold 0, damaged ones anything: not 256 GiB of memory."""
    data = bytearray(encoded(format="FLAC"))
    data[21] = (data[21] & 0xF0) | frames >> 32
    data[22:26] = struct.pack(">I", frames & 0xFFFFFFFF)
    assert "its header promises" in reason(bytes(data))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e25])
def test_samples_that_are_no_sound_are_counted(value):
    """One of them would make the whole spectrogram NaN."""
    samples = TONE.copy()
    samples[[5, 500]] = value
    assert reason(encoded(samples, subtype="FLOAT")).startswith(f"2 of {len(TONE)} samples are NaN")


def test_integers_kept_as_floats_are_sound():
    assert decode(encoded(TONE * 32768, subtype="FLOAT")).samples.max() > 10_000


def test_a_tenth_of_a_second_is_too_short():
    assert "at least 0.25 s of sound, got 0.100 s" in reason(encoded(TONE[: RATE // 10]))


def test_a_header_without_samples_is_too_short():
    assert "got 0.000 s" in reason(encoded(TONE[:0]))


def test_digital_silence_is_no_recording():
    assert "digital silence" in reason(encoded(0 * TONE))


def test_a_rate_that_no_recorder_has_is_refused():
    """Brought from 1 Hz to 22,050, a small damaged file would fill the memory."""
    assert "at least 1000 Hz, got 1 Hz" in reason(encoded(rate=1))
