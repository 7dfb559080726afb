"""Sound as text and back."""

import base64
import io

import numpy as np
import pytest
import soundfile

from projects.audio.base64_audio import from_base64, to_base64
from projects.audio.decode import RecordingError, Sound

TONE = (0.5 * np.sin(np.arange(12_000) / 9)).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 24_000, 48_000])
def test_sound_comes_back_to_16_bits(rate):
    back = from_base64(to_base64(Sound(TONE, rate)))
    assert back.sample_rate == rate
    np.testing.assert_allclose(back.samples, TONE, atol=2**-15)


def test_what_is_too_loud_is_clipped_and_does_not_wrap_round():
    back = from_base64(to_base64(Sound(4 * TONE, 24_000)))
    np.testing.assert_allclose(back.samples, np.clip(4 * TONE, -1, 1), atol=2**-15)


def test_any_browser_can_play_what_is_sent():
    content = base64.b64decode(to_base64(Sound(TONE, 24_000)))
    assert soundfile.info(io.BytesIO(content)).format == "FLAC"


@pytest.mark.parametrize("kind", ["WAV", "OGG", "MP3"])
def test_other_files_are_read_too(kind):
    file = io.BytesIO()
    soundfile.write(file, TONE, 24_000, format=kind)
    assert from_base64(base64.b64encode(file.getvalue()).decode()).sample_rate == 24_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no base64!", "expected base64 of an audio file"),
        ("Täterätä", "expected base64 of an audio file"),
        (base64.b64encode(b"not audio").decode(), "expected WAV, FLAC, OGG or MP3"),
        ("", "expected WAV, FLAC, OGG or MP3"),
    ],
)
def test_what_is_no_sound_is_one_line(text, expected):
    with pytest.raises(RecordingError, match=expected) as refused:
        from_base64(text)
    assert "\n" not in str(refused.value)
