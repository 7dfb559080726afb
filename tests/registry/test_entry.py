"""What a decision says stands under its seal."""

import hashlib
import json
from dataclasses import asdict, fields, replace

from hypothesis import given
from hypothesis import strategies as st

from registry.entry import Entry, entry_in

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
CONTENT = [each.name for each in fields(Entry) if each.name != "digest"]
ENTRIES = st.builds(Entry, **{name: TEXT for name in CONTENT})


@given(entry=ENTRIES, name=st.sampled_from(CONTENT), other=TEXT)
def test_no_part_of_a_decision_can_be_changed_under_its_seal(entry, name, other):
    """Who decided, on what evidence, could be rewritten, and nobody would see it."""
    changed = replace(entry, **{name: other})
    assert (changed.sealed() == entry.sealed()) == (getattr(entry, name) == other)


@given(entry=ENTRIES, names=st.permutations(CONTENT), text=TEXT)
def test_text_cannot_wander_from_one_part_to_the_next_under_the_seal(entry, names, text):
    """`from 1 to 12` and `from 11 to 2` must not have one digest."""
    one, other = names[:2]
    value = getattr(entry, one)
    moved = replace(entry, **{one: value + text, other: ""})
    back = replace(entry, **{one: value, other: text})
    assert (moved.sealed() == back.sealed()) == (text == "")


@given(entry=ENTRIES)
def test_a_decision_from_before_a_part_was_added_keeps_its_seal(entry):
    """A store with a history could never be promoted in again."""
    old = replace(entry, model_made="")
    content = asdict(old)
    del content["digest"], content["model_made"]
    assert old.sealed() == hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@given(entry=ENTRIES)
def test_an_entry_comes_back_from_the_tags_of_its_run(entry):
    """The seal would not fit what is read."""
    assert entry_in(entry.tags()) == entry
