import numpy as np
import pytest
import scipy.fft
from scipy.signal import welch

from projects.audio.aviary.background import insects, noise_spectrum, wind


@pytest.mark.parametrize("slope", [0.0, 1.0, 1.5])
def test_noise_has_its_level_and_colour(slope):
    """Recordists' equipment would not differ as their settings say."""
    n, rate = 2**17, 32000
    hz = scipy.fft.rfftfreq(n, 1 / rate).astype(np.float32)
    noise = scipy.fft.irfft(noise_spectrum(hz, slope, -40.0, n, np.random.default_rng(0)), n)
    assert 20 * np.log10(np.std(noise)) == pytest.approx(-40.0, abs=0.2)
    bins, power = welch(noise, rate, nperseg=1024)
    band = (bins > 200) & (bins < 15000)
    fitted = np.polyfit(np.log(bins[band]), np.log(power[band]), 1)[0]
    assert fitted == pytest.approx(-slope, abs=0.1)


def test_wind_is_low_and_insects_are_high():
    """A high-pass would not take away wind, or insects would be taken for birds' pitch."""
    rng = np.random.default_rng(0)
    for make, low, high in ((wind, 0, 500), (insects, 3500, 9500)):
        hz, power = welch(make(30 * 32000, 32000, -20.0, rng), 32000, nperseg=2048)
        assert power[(hz >= low) & (hz <= high)].sum() > 0.95 * power.sum()
