import numpy as np
import pytest
import scipy.signal

from projects.audio.high_pass import high_pass

RATE = 22050
CUTOFF = 500


def loss_db(hz):
    """How much weaker a tone leaves than it came, after the filter has settled."""
    tone = np.sin(2 * np.pi * hz * np.arange(2 * RATE) / RATE)
    out = high_pass(tone.astype(np.float32), RATE, CUTOFF)
    return 10 * np.log10(np.mean(tone[RATE:] ** 2) / np.mean(out[RATE:].astype(float) ** 2))


def test_wind_an_octave_below_dies():
    assert loss_db(CUTOFF / 2) > 30
    assert loss_db(CUTOFF / 8) > 80


def test_song_an_octave_above_stays():
    for hz in (2 * CUTOFF, 3000, 10000):
        assert abs(loss_db(hz)) < 1


def test_the_cutoff_is_where_half_the_power_is_left():
    assert loss_db(CUTOFF) == pytest.approx(3.01, abs=0.1)


def test_equals_scipys_butterworth():
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    b, a = scipy.signal.butter(5, CUTOFF / (RATE / 2), "high")
    out = high_pass(noise, RATE, CUTOFF)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, scipy.signal.lfilter(b, a, noise), atol=1e-5)


def test_zero_is_no_filter():
    """An AST pretrained on AudioSet expects what lies below, too."""
    hum = np.sin(2 * np.pi * 50 * np.arange(RATE) / RATE).astype(np.float32)
    np.testing.assert_array_equal(high_pass(hum, RATE, 0), hum)
