import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.audio.activity import (
    BLOCK,
    block_activity,
    block_levels,
    most_active_start,
    quiet_stretch,
    window_activity,
)
from projects.audio.high_pass import high_pass

RATE = 22050
SEGMENT = 4 * RATE


def noise(seconds, level=0.01, seed=0):
    return level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def song(seconds=3.0, level=0.2):
    time = np.arange(round(seconds * RATE)) / RATE
    return level * np.sin(2 * np.pi * 3000 * time) * (np.sin(2 * np.pi * 4 * time) > 0)


def overlap(start, position):
    """Share of a 3 s song at `position` that lies in the segment from `start`."""
    return (min(start + SEGMENT, position + 3 * RATE) - max(start, position)) / (3 * RATE)


@settings(max_examples=25, deadline=None)
@given(position=st.floats(0, 57))
def test_a_song_is_found_wherever_in_a_minute_it_is(position):
    """A segment of wind with the species' name on it teaches the model wind."""
    samples = noise(60)
    first = round(position * RATE)
    samples[first : first + 3 * RATE] += song()[: len(samples) - first]
    assert overlap(most_active_start(samples, SEGMENT), first) > 0.95


@settings(max_examples=200, deadline=None)
@given(samples=st.integers(1, 20 * BLOCK), length=st.integers(1, 8 * BLOCK), seed=st.integers(0, 9))
def test_the_segment_never_ends_past_the_end(samples, length, seed):
    """The seed's fault: a start past the end gave an empty segment."""
    sound = np.random.default_rng(seed).standard_normal(samples)
    start = most_active_start(sound, length)
    assert 0 <= start <= max(samples - length, 0)


def test_a_song_in_the_last_second_is_a_whole_segment():
    """The seed's fault: activity detection that could start past the end."""
    samples = noise(10)
    samples[-RATE:] += song(1.0)
    start = most_active_start(samples, SEGMENT)
    assert len(samples[start : start + SEGMENT]) == SEGMENT
    assert start + SEGMENT > len(samples) - RATE // 8


def test_a_recording_shorter_than_a_segment_starts_at_its_start():
    assert most_active_start(noise(1), SEGMENT) == 0


@pytest.mark.parametrize("seconds", [0.002, 0.18])
def test_a_loud_click_or_slam_does_not_outweigh_a_song(seconds):
    samples = noise(60)
    click = noise(seconds, level=50.0, seed=1)
    samples[40 * RATE : 40 * RATE + len(click)] += click
    time = np.arange(RATE) / RATE
    samples[10 * RATE : 11 * RATE] += 0.03 * np.sin(2 * np.pi * 3000 * time)
    start = most_active_start(samples, SEGMENT)
    assert start <= 10 * RATE + BLOCK
    assert start + SEGMENT >= 11 * RATE - BLOCK


def test_wind_does_not_attract_the_segment():
    """Gusts are louder than any bird; the segment is sought after the high-pass."""
    samples = noise(60)
    samples[10 * RATE : 13 * RATE] += song(level=0.05)
    time = np.arange(8 * RATE) / RATE
    samples[40 * RATE : 48 * RATE] += 0.9 * np.hanning(8 * RATE) * np.sin(2 * np.pi * 80 * time)
    filtered = high_pass(samples.astype(np.float32), RATE, 500)
    assert overlap(most_active_start(filtered, SEGMENT), 10 * RATE) > 0.95
    assert overlap(most_active_start(samples, SEGMENT), 10 * RATE) < 0.5


def test_padding_with_zeros_is_no_noise_floor():
    """With the floor at zeros, every hiss beside them would count as song."""
    samples = np.concatenate([np.zeros(30 * RATE), noise(10), np.zeros(RATE)])
    activity = block_activity(block_levels(samples))
    assert activity.max() < 5
    assert activity[: 29 * RATE // BLOCK].max() == 0


def test_digital_silence_is_no_activity():
    assert block_activity(block_levels(np.zeros(RATE))).max() == 0


def test_the_level_is_the_mean_power_in_decibels():
    tone = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    assert block_levels(tone).mean() == pytest.approx(10 * np.log10(0.1**2 / 2), abs=0.05)


def test_the_background_is_taken_from_where_nothing_sings():
    """Noise with a song in it, mixed into other species, would be a wrong label."""
    samples = np.concatenate([song(3), noise(2, 0.001, seed=1), song(5)]) + noise(10, 0.001)
    background = quiet_stretch(samples, RATE)
    assert len(background) == RATE
    assert np.abs(background).max() < 0.01


def test_the_background_holds_no_digital_silence():
    samples = np.concatenate([np.zeros(3 * RATE), noise(2, 0.001), song(3)])
    background = quiet_stretch(samples, RATE)
    assert background is not None
    assert np.count_nonzero(background == 0) < RATE * 0.01


@pytest.mark.parametrize(
    "samples",
    [noise(10), song(1.5), np.zeros(10 * RATE)],
    ids=["nothing but noise", "too short", "silence"],
)
def test_no_background_is_better_than_a_wrong_one(samples):
    assert quiet_stretch(samples, RATE) is None


@settings(max_examples=50, deadline=None)
@given(samples=st.integers(1, 20 * BLOCK), length=st.integers(1, 6 * BLOCK))
def test_each_window_has_an_activity_in_range(samples, length):
    sound = np.random.default_rng(samples).standard_normal(samples)
    starts = np.append(np.arange(0, max(samples - length, 0), length), max(samples - length, 0))
    activity = window_activity(sound, starts, length)
    assert activity.shape == starts.shape
    assert np.all((activity >= 0) & (activity <= 30))


def test_the_window_with_the_song_has_the_activity():
    samples = noise(12)
    samples[5 * RATE : 7 * RATE] += song(2)
    starts = np.array([0, SEGMENT, 2 * SEGMENT])
    silent, singing, after = window_activity(samples, starts, SEGMENT)
    assert singing > 5 * max(silent, after)
