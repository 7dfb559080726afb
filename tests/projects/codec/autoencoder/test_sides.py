from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.audio.splits import SIDES, TEST, TRAIN, VALIDATION
from projects.codec.autoencoder.sides import split_trs, stretches
from projects.codec.data import SplitConfig
from projects.codec.hrf import HRF_SECONDS
from projects.errors import UserError

TR = 2.0
CONFIG = SplitConfig.validated({"test_fraction": 0.2, "validation_fraction": 0.2})


@given(st.lists(st.sampled_from([TRAIN, TEST, "gap"])))
def test_stretches_are_the_side_no_more_and_no_less(sides):
    """One TR too many would be trained on and not told to what keeps tests honest."""
    found = stretches(np.array(sides, dtype="U10"), TEST)
    inside = [place for start, end in found for place in range(start, end)]
    assert inside == [place for place, side in enumerate(sides) if side == TEST]
    assert all(end < start for (_, end), (start, _) in pairwise(found))


def test_no_training_tr_lies_within_a_response_of_a_test_tr(make_stimulus):
    """A volume answers to the last 32 s of sound: nearer, the test is of what was trained on."""
    stimuli = [make_stimulus(60), make_stimulus(97, "b")]
    for stimulus, sides in zip(stimuli, split_trs(CONFIG, "blocks", stimuli, TR), strict=True):
        assert len(sides) == stimulus.n_trs
        assert set(SIDES) <= set(sides)
        test = np.flatnonzero(sides == TEST)
        for other in (TRAIN, VALIDATION):
            distance = np.abs(np.flatnonzero(sides == other)[:, None] - test).min() - 1
            assert distance * TR >= HRF_SECONDS


def test_one_sound_heard_by_two_subjects_is_split_in_one_way(make_stimulus):
    """A scan that ends early would put one subject's training TRs on the other's test TRs."""
    early, late = make_stimulus(60, "a"), make_stimulus(75, "b", audio="sound a")
    first, second = split_trs(CONFIG, "blocks", [early, late], TR)
    np.testing.assert_array_equal(second[:60], first)
    assert set(second[60:]) == {"gap"}


def test_too_short_for_blocks_says_how_long_and_what_else_to_do(make_stimulus):
    with pytest.raises(UserError, match=r"too short.*or split=groups, for many short") as refused:
        split_trs(CONFIG, "blocks", [make_stimulus(10)], TR)
    assert "\n" not in str(refused.value)


def test_groups_keep_many_short_recordings_whole_and_a_speaker_on_one_side(make_stimulus):
    stimuli = [
        make_stimulus(3 + n % 2, f"{n}", group=f"speaker {n // 2}", audio=f"{n}") for n in range(40)
    ]
    split = split_trs(CONFIG, "groups", stimuli, TR)
    side_of = {}
    for stimulus, sides in zip(stimuli, split, strict=True):
        assert len(sides) == stimulus.n_trs
        (side,) = set(sides)
        assert side_of.setdefault(stimulus.row["group"], side) == side
    assert set(side_of.values()) == set(SIDES)


def test_one_sound_under_two_names_on_two_sides_is_refused(make_stimulus):
    stimuli = [make_stimulus(3, f"{n}", audio="the same") for n in range(20)]
    with pytest.raises(UserError, match="the same sound is on two sides"):
        split_trs(CONFIG, "groups", stimuli, TR)


def test_a_split_column_is_not_passed_over_by_blocks(make_stimulus):
    """Recordings that a person marked as test would be trained on, in silence."""
    stimuli = [make_stimulus(97, name, split=side) for name, side in zip("abc", SIDES, strict=True)]
    with pytest.raises(UserError, match="split=groups"):
        split_trs(CONFIG, "blocks", stimuli, TR)
    found = split_trs(CONFIG, "groups", stimuli, TR)
    assert [set(sides) for sides in found] == [{side} for side in SIDES]
