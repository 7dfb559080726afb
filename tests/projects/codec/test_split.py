"""Which side of the split a group is on."""

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from projects.codec.split import split_by_name
from projects.errors import UserError

CORE = [f"speaker {number}" for number in range(40)]
"""Enough that no side of them is empty."""

names = st.lists(st.text(min_size=1, max_size=8), unique=True)
fractions = st.floats(0.01, 0.5)


def recordings(groups, each=2):
    rows = [(f"{group}-{n}", f"{n}.wav", "x", group) for group in groups for n in range(each)]
    return pd.DataFrame(rows, columns=["recording_id", "path", "label", "group"])


def sides(groups, seed=0, validation=0.15, test=0.15):
    split = split_by_name(recordings(groups), seed, validation, test)
    found = split.groupby("group")["split"].unique()
    assert (found.map(len) == 1).all()
    return {group: side[0] for group, side in found.items()}


@settings(max_examples=25, deadline=None)
@given(names, names)
def test_a_group_is_on_its_side_whatever_else_is_in_the_data(some, others):
    """A codec trained on speech and music would have heard the test speakers of the speech."""
    here, there = sides(CORE + [n for n in some if n not in CORE]), sides(CORE[::-1] + others)
    for group in here.keys() & there.keys():
        assert here[group] == there[group]
    assert set(CORE) <= here.keys() & there.keys()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(min_size=1), min_size=3, max_size=12, unique=True), fractions, fractions)
def test_no_side_is_empty_from_three_groups_on(groups, validation, test):
    """Training would stop on a small study, or start without a validation."""
    for seed in range(3):
        assert set(sides(groups, seed, validation, test).values()) == {
            "train",
            "validation",
            "test",
        }


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_groups_are_refused(count):
    for seed in range(5):
        with pytest.raises(UserError, match="no recording is left for"):
            sides(CORE[:count], seed)


@pytest.mark.parametrize(("validation", "test"), [(0.15, 0.15), (0.05, 0.3), (0.5, 0.1)])
def test_about_as_many_groups_as_asked_are_on_each_side(validation, test):
    found = pd.Series(sides([f"group {n}" for n in range(1000)], 0, validation, test))
    shares = found.value_counts(normalize=True)
    assert shares["validation"] == pytest.approx(validation, abs=0.04)
    assert shares["test"] == pytest.approx(test, abs=0.04)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_another_seed_is_another_split(one, other):
    assume(one != other)
    assert sides(CORE, one) != sides(CORE, other)


def test_a_larger_test_share_keeps_who_was_in_the_smaller():
    small, large = sides(CORE, test=0.1), sides(CORE, test=0.3)
    assert {g for g in CORE if small[g] == "test"} < {g for g in CORE if large[g] == "test"}


def test_a_split_that_the_user_made_is_taken():
    given = recordings("abc", 1).assign(split=["test", "train", "validation"])
    assert list(split_by_name(given, 0, 0.15, 0.15)["split"]) == ["test", "train", "validation"]


def test_a_group_that_the_user_put_on_two_sides_is_refused():
    given = recordings("ab").assign(split=["test", "train", "validation", "validation"])
    with pytest.raises(UserError, match="group 'a' is on two sides"):
        split_by_name(given, 0, 0.15, 0.15)
