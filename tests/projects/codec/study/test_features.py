import numpy as np
import pytest
import scipy.signal

from projects.codec.study.features import FEATURES, sound_features
from projects.codec.study.settings import SAMPLE_RATE
from projects.codec.tr_grid import TrGrid

TR = 1.5
TIME = np.arange(9 * SAMPLE_RATE) / SAMPLE_RATE


def features_of(sound):
    rows = sound_features(np.asarray(sound, dtype=np.float32), TR)
    return dict(zip(FEATURES, rows[1:-1].mean(axis=0), strict=True))


def noise():
    return 0.1 * np.random.default_rng(0).standard_normal(len(TIME))


def test_ten_times_the_pressure_is_20_db_and_nothing_else():
    """Loudness would leak into all other features."""
    quiet, loud = features_of(0.1 * noise()), features_of(noise())
    assert loud["loudness"] - quiet["loudness"] == pytest.approx(20, abs=0.01)
    for name in FEATURES[1:]:
        assert loud[name] == pytest.approx(quiet[name], abs=0.01)


@pytest.mark.parametrize(
    ("hz", "name"), [(150.0, "bass"), (1950.0, "midrange"), (6000.0, "sibilance")]
)
def test_a_tone_is_all_in_its_band(hz, name):
    """A feature would not be what it is called."""
    shares = features_of(0.1 * np.sin(2 * np.pi * hz * TIME))
    assert shares[name] > -0.5
    assert all(shares[other] < -20 for other in FEATURES[2:] if other != name)


def test_the_shares_are_those_of_the_spectrum():
    """Compared with Welch's periodogram, an independent implementation."""
    sound = scipy.signal.lfilter([1.0], [1.0, -0.9], noise())
    hz, power = scipy.signal.welch(sound, SAMPLE_RATE, nperseg=4096)
    mid = 10 * np.log10(power[(hz >= 1000) & (hz < 3000)].sum() / power.sum())
    assert features_of(sound)["midrange"] == pytest.approx(mid, abs=0.5)


def test_what_comes_and_goes_is_modulated():
    """Syllables would be no louder a feature than a steady hum."""
    steady = features_of(noise())["modulation"]
    syllables = features_of(noise() * (1 + 0.9 * np.sin(2 * np.pi * 4 * TIME)))["modulation"]
    assert steady < 1 and syllables > 4


def test_a_sound_is_felt_in_its_own_tr_alone():
    """The lag of the response could not be told from that of the features."""
    sound = 0.001 * noise()
    sound[int(4.6 * SAMPLE_RATE) : int(5.9 * SAMPLE_RATE)] *= 100  # inside TR 3
    rows = sound_features(sound.astype(np.float32), TR)
    quiet = sound_features((0.001 * noise()).astype(np.float32), TR)
    assert np.flatnonzero(np.abs(rows - quiet).max(axis=1) > 1e-9).tolist() == [3]


@pytest.mark.parametrize("tr", [0.58, 1.5, 2.0])
def test_the_grid_is_the_codes_own(tr):
    """Features and codes of a recording would differ in length."""
    assert len(sound_features(noise().astype(np.float32), tr)) == TrGrid(tr, 75, 9 * 75).n_trs


def test_digital_silence_is_finite():
    """One silent TR would make every response NaN."""
    assert np.isfinite(sound_features(np.zeros(5 * SAMPLE_RATE, np.float32), TR)).all()
