import numpy as np
import pytest
import soundfile

from projects.audio.activity import BLOCK, block_levels
from projects.audio.aviary import Aviary, plan_recordings
from projects.audio.aviary.soundscape import (
    LONGEST_S,
    Soundscape,
    minutes_of,
    write_soundscape,
)
from projects.audio.high_pass import high_pass

SCAPE = Soundscape(3, seed=4)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("scape") / "scape.flac"
    calls = write_soundscape(path, SCAPE)
    samples, rate = soundfile.read(path, dtype="float32")
    return samples, rate, calls


def test_it_lasts_as_long_as_asked(written):
    samples, rate, _ = written
    assert len(samples) == 180 * rate
    assert rate == SCAPE.microphone.rate
    assert np.isfinite(samples).all()
    assert 0.01 < np.abs(samples).max() <= 1


def test_its_calls_are_of_the_aviarys_species_in_order_and_within_it(written):
    """A species that the classifier cannot know would be a miss whatever it answers."""
    _, _, calls = written
    assert {call.species for call in calls} <= set(plan_recordings(Aviary())["en"])
    assert calls == sorted(calls, key=lambda call: call.start)
    assert all(0 <= call.start < call.end <= 180 for call in calls)
    assert all(call.end - call.start <= LONGEST_S for call in calls)
    assert 4 <= len(calls) <= 30


def test_it_is_louder_where_a_bird_sings_than_where_none_does(written):
    """With wrong times, precision and recall would measure the soundscape and not the model."""
    samples, rate, calls = written
    levels = block_levels(high_pass(samples, rate, 1500))
    middles = (np.arange(len(levels)) + 0.5) * BLOCK / rate
    # Reverberation goes on for a moment after the last sound.
    near = np.any([(c.start - 0.1 < middles) & (middles < c.end + 0.7) for c in calls], axis=0)
    for call in calls:
        if call.metres < 20:
            within = (middles > call.start) & (middles < call.end)
            assert levels[within].max() > np.median(levels[~near]) + 6
            first = levels[(middles > call.start) & (middles < call.start + 0.3)]
            assert first.max() > np.median(levels[~near]) + 3


def test_the_same_seed_gives_the_same_and_another_seed_another():
    """Figures that nobody can measure again."""
    one, again, other = (next(minutes_of(Soundscape(1, seed))) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one[0], again[0])
    assert one[1] == again[1]
    assert one[1] != other[1]


def test_ten_minutes_are_the_first_of_an_hour():
    """Memory over 10 and 60 minutes would be measured on different sounds."""
    short, long = list(minutes_of(Soundscape(1, 4))), list(minutes_of(Soundscape(2, 4)))
    assert set(short[0][1]) <= set(long[0][1])
    if short[0][1] == long[0][1]:
        np.testing.assert_array_equal(short[0][0], long[0][0])


def test_minutes_join_without_a_click(written):
    """A click at each full minute would be heard as activity."""
    samples, rate, _ = written
    steps = np.abs(np.diff(samples))
    for minute in (1, 2):
        at = minute * 60 * rate
        assert steps[at - 1] <= np.quantile(steps[at - rate : at + rate], 0.9999)


def test_neither_microphone_nor_birds_are_those_of_the_aviary():
    """A test on what was trained on would flatter the model."""
    assert SCAPE.microphone.name not in set(plan_recordings(Aviary())["rec"])
