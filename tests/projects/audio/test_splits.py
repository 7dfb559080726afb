import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.audio.splits import assign_splits, check_same_sound, unseen_labels
from projects.errors import UserError

pytestmark = pytest.mark.filterwarnings("ignore:The least populated class:UserWarning")


def manifest(pairs, **columns):
    frame = pd.DataFrame(pairs, columns=["label", "group"]).astype(str)
    names = [f"r{number:04d}" for number in range(len(frame))]
    return frame.assign(recording_id=names, path=names, **columns)


def forest(labels=8, recordists=60, recordings=600, seed=0):
    """Recordists who record some of the species each."""
    random = np.random.default_rng(seed)
    return manifest(
        [(random.integers(labels), random.integers(recordists)) for _ in range(recordings)]
    )


def refusal(frame, **how):
    with pytest.raises(UserError) as caught:
        assign_splits(frame, 0, 0.15, 0.15, **how)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@settings(max_examples=60, deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), min_size=1, max_size=80),
    seed=st.integers(0, 1000),
    fractions=st.tuples(st.floats(0.05, 0.5), st.floats(0.05, 0.5)),
)
def test_every_split_keeps_groups_whole_and_labels_trained_or_is_refused(pairs, seed, fractions):
    frame = manifest(pairs)
    try:
        split = assign_splits(frame, seed, *fractions)
    except UserError as error:
        assert "too few" in str(error) or "two labels" in str(error)
        return
    assert split.groupby("group")["split"].nunique().max() == 1
    assert unseen_labels(split)["train"] == []
    assert set(split["split"]) == {"train", "validation", "test"}
    assert len(split) == len(frame)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), fraction=st.sampled_from([0.1, 0.15, 0.2, 0.25]))
def test_with_many_recordists_every_split_is_found_and_about_as_large_as_asked(seed, fraction):
    split = assign_splits(forest(seed=seed), seed, fraction, fraction)
    shares = split["split"].value_counts(normalize=True)
    assert shares["test"] == pytest.approx(fraction, abs=0.05)
    assert shares["validation"] == pytest.approx(fraction, abs=0.06)


def test_no_recordist_is_heard_in_training_and_test():
    """The seed split by species only: its model could pass by knowing the microphone."""
    split = assign_splits(forest(), 0, 0.15, 0.15)
    train = set(split.loc[split["split"] == "train", "group"])
    assert not train & set(split.loc[split["split"] != "train", "group"])


def test_validation_is_not_the_test_set():
    """The seed's fault: the epoch was chosen on the recordings that it was then judged by."""
    split = assign_splits(forest(), 0, 0.2, 0.2)
    sides = split.groupby("split")["recording_id"].agg(set)
    assert not sides["validation"] & sides["test"]


def test_labels_are_spread_as_in_the_whole():
    frame = forest(labels=3)
    split = assign_splits(frame, 0, 0.2, 0.2)
    whole = frame["label"].value_counts(normalize=True)
    for side in ("train", "validation", "test"):
        here = split.loc[split["split"] == side, "label"].value_counts(normalize=True)
        assert (here - whole).abs().max() < 0.05


def test_the_same_seed_is_the_same_split_and_another_is_another():
    first, again, other = (assign_splits(forest(), seed, 0.15, 0.15) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert (first["split"] != other["split"]).any()


def test_many_species_with_few_recordings_each_can_be_split():
    """40 recordings of 10 species: fewer of each than the parts of a 15 % split."""
    split = assign_splits(manifest([(n % 10, n) for n in range(40)]), 0, 0.15, 0.15)
    assert unseen_labels(split)["train"] == []


def test_a_label_with_one_recording_stays_in_training_and_is_named():
    """In the test set alone it would be a species that the model cannot know."""
    frame = pd.concat([forest(), manifest([("rare", "someone")])], ignore_index=True)
    for seed in range(10):
        split = assign_splits(frame, seed, 0.15, 0.15)
        assert set(split.loc[split["label"] == "rare", "split"]) == {"train"}
        assert unseen_labels(split) == {"train": [], "validation": ["rare"], "test": ["rare"]}


def test_rows_may_come_with_any_index():
    """A manifest that lost rows before must not put others on the wrong side."""
    frame = forest()
    shifted = frame.set_index(np.arange(len(frame))[::-1] + 5)
    expected = assign_splits(frame, 0, 0.15, 0.15)["split"]
    assert list(assign_splits(shifted, 0, 0.15, 0.15)["split"]) == list(expected)


def test_the_fold_that_is_asked_for_is_the_test_set():
    frame = forest().assign(fold=lambda table: table["group"].astype(int) % 5 + 1)
    split = assign_splits(frame, 0, 0.15, 0.15, test_fold="5")
    assert set(split.loc[split["split"] == "test", "fold"]) == {5}
    assert set(split.loc[split["split"] != "test", "fold"]) == {1, 2, 3, 4}
    assert (split["split"] == "validation").any()


def test_a_fold_that_is_not_there_is_refused():
    frame = forest().assign(fold=1)
    assert "expected one of 1, got 6" in refusal(frame, test_fold="6")
    assert "no column fold" in refusal(forest(), test_fold="1")


def test_a_fold_that_cuts_a_group_in_two_is_refused():
    frame = manifest([(n % 2, n // 2) for n in range(40)], fold=[n % 2 for n in range(40)])
    assert "on two sides of the split" in refusal(frame, test_fold="1")


def test_a_split_of_ones_own_is_taken_as_it_is():
    sides = np.repeat(["train", "validation", "test"], 2)
    frame = manifest([(n % 2, n) for n in range(6)], split=sides)
    assert list(assign_splits(frame, 0, 0.15, 0.15)["split"]) == list(sides)


@pytest.mark.parametrize(
    ("groups", "sides", "expected"),
    [
        ("Ada Bo Ada Cy", "train validation test train", "group 'Ada' is on two sides"),
        ("Ada Bo Cy Di", "train train test test", "no recording is left for validation"),
        ("Ada Bo Cy Di", "train dev test test", "expected train, validation, test, got 'dev'"),
    ],
)
def test_a_split_of_ones_own_that_leaks_or_lacks_is_refused(groups, sides, expected):
    pairs = [(n % 2, group) for n, group in enumerate(groups.split())]
    assert expected in refusal(manifest(pairs, split=sides.split()))


def test_the_same_sound_under_two_names_on_two_sides_is_refused():
    frame = manifest([("Wren", "Ada"), ("Wren", "Bo"), ("Robin", "Cy")], audio=["1", "2", "1"])
    with pytest.raises(UserError, match="as r0000 and r0002: keep one, or give both one group"):
        check_same_sound(frame.assign(split=["train", "train", "test"]))
    check_same_sound(frame.assign(split=["train", "test", "train"]))


def test_one_label_is_nothing_to_classify():
    assert "two labels or more, got only 'Wren'" in refusal(manifest([("Wren", n) for n in "abc"]))


def test_one_recordist_alone_cannot_be_split():
    assert "groups are too few" in refusal(manifest([(n % 2, "Ada") for n in range(20)]))
