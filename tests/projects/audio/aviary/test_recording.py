import numpy as np
import pytest

from projects.audio.aviary import Aviary, plan_recordings
from projects.audio.aviary.recording import Recording, synthesise

AVIARY = Aviary(species=5, recordings=60, seed=3)


@pytest.fixture(scope="module")
def recordings():
    rows = plan_recordings(AVIARY).head(6).to_dict("records")
    return [Recording.from_row(AVIARY, row) for row in rows]


def test_samples_are_sound(recordings):
    """Clipped, silent or broken audio would reach training."""
    for recording in recordings:
        samples, rate = synthesise(recording)
        assert samples.dtype == np.float32 and samples.ndim == 1
        assert np.isfinite(samples).all()
        assert 0.2 < np.abs(samples).max() <= 1.0
        assert 3.0 <= len(samples) / rate <= 60.0
        assert abs(len(samples) / rate - recording.seconds) <= 0.5


def test_recordings_do_not_depend_on_the_order_they_are_made_in(recordings):
    """Making them over several processes would change the data set."""
    forwards = [synthesise(recording)[0] for recording in recordings[:3]]
    backwards = [synthesise(recording)[0] for recording in reversed(recordings[:3])]
    for one, other in zip(forwards, reversed(backwards), strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_seed_gives_other_samples():
    """The seed would choose nothing."""
    row = plan_recordings(AVIARY).iloc[0].to_dict()
    one, _ = synthesise(Recording.from_row(AVIARY, row))
    other, _ = synthesise(Recording.from_row(Aviary(species=5, recordings=60, seed=4), row))
    assert len(one) != len(other) or not np.array_equal(one, other)


@pytest.mark.parametrize("seconds", [3, 60])
def test_the_shortest_and_longest_keep_within_bounds(recordings, seconds):
    """A recording would fall outside the lengths that the platform accepts."""
    row = {**plan_recordings(AVIARY).iloc[0], "length": f"{seconds // 60}:{seconds % 60:02d}"}
    for number in range(2):
        row["id"] = f"SYN{number:06d}"
        samples, rate = synthesise(Recording.from_row(AVIARY, row))
        assert 3.0 <= len(samples) / rate <= 60.0
