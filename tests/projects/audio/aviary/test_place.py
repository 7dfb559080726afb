import numpy as np
import pytest

from projects.audio.aviary.place import impulse_response, path_gain


def test_gain_falls_with_distance_and_most_in_the_highs():
    """Far birds would sound like near ones, only quieter."""
    hz = np.array([0.0, 1000.0, 8000.0], dtype=np.float32)
    near, far = path_gain(hz, 10.0), path_gain(hz, 60.0)
    assert near[0] == pytest.approx(0.1)
    assert far[0] == pytest.approx(1 / 60)
    assert np.all(np.diff(far) < 0)
    assert far[2] / near[2] < far[1] / near[1] < far[0] / near[0]


def test_reverberation_decays_by_sixty_decibels_and_has_the_energy_asked_for():
    """The reverberation of a wood could not be set."""
    response = impulse_response(32000, 0.8, 0.5, np.random.default_rng(0))
    tail = response[1:]
    assert response[0] == 1.0
    assert np.sum(tail**2) == pytest.approx(0.5, rel=0.01)
    eighths = [10 * np.log10(np.mean(part**2)) for part in np.array_split(tail, 8)]
    assert np.diff(eighths) == pytest.approx(np.full(7, -60 / 8), abs=0.6)
