"""Pictures of sounds, by their physics."""

from io import BytesIO

import numpy as np
import pytest
import soundfile
from matplotlib.image import imread

from dashboards import spectrogram as spectrogram_module
from dashboards.spectrogram import COLUMNS, WINDOW, spectrogram
from projects.errors import UserError

RATE = 16_000


def drawn(samples: np.ndarray) -> np.ndarray:
    """Brightness, the lowest frequency first, shape (frequencies, columns)."""
    file = BytesIO()
    soundfile.write(file, samples, RATE, format="FLAC")
    file.seek(0)
    return imread(BytesIO(spectrogram(file)))[::-1, :, :3].sum(axis=2)


def test_a_click_is_a_column_where_it_was_heard():
    samples = np.zeros(2 * RATE)
    samples[RATE // 2] = 0.9
    brightness = drawn(samples).sum(axis=0)
    assert brightness.argmax() / len(brightness) == pytest.approx(0.25, abs=0.02)


def test_a_rising_tone_rises():
    times = np.arange(2 * RATE) / RATE
    picture = drawn(0.5 * np.sin(2 * np.pi * (500 + 1500 * times) * times))
    heights = picture.argmax(axis=0)[5:-5]
    assert heights[-1] > 3 * heights[0]
    assert np.diff(heights).min() >= -1


@pytest.mark.parametrize("seconds", [0.05, 1, 70])
def test_no_picture_is_wider_than_a_card(seconds):
    """An hour of sound would else be a picture of a million columns."""
    noise = 0.1 * np.random.default_rng(0).normal(size=int(seconds * RATE))
    height, width = drawn(noise).shape
    assert height == WINDOW // 2 + 1
    assert 1 <= width <= COLUMNS + 1


def test_silence_is_drawn():
    assert drawn(np.zeros(RATE)).shape[0] == WINDOW // 2 + 1


@pytest.mark.parametrize("content", [b"", b"fLaC", b"no sound at all" * 100])
def test_what_is_no_sound_is_told_so(content):
    with pytest.raises(UserError, match="expected a sound"):
        spectrogram(BytesIO(content))


def test_too_short_a_sound_is_told_so():
    with pytest.raises(UserError, match="512 samples"):
        drawn(np.zeros(100))


def test_silence_is_dark():
    assert drawn(np.zeros(RATE)).max() < 0.1


def test_a_small_file_cannot_be_a_large_sound(monkeypatch):
    """Of 8 silent channels at 600 kHz a minute is a file of 300 KB, and 1 GB of samples."""
    monkeypatch.setattr(spectrogram_module, "MOST_SAMPLES", 8 * 5_120)
    assert drawn(np.zeros((RATE, 8))).shape[1] == (5_120 - WINDOW) // (WINDOW // 4) + 1
