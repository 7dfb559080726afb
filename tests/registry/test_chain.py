"""The chain of decisions, against a real store."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from local_store import local_store
from mlflow import MlflowClient

from projects.errors import UserError
from registry import chain
from registry.chain import append, decisions, entry_at, finish, head
from registry.entry import LONGEST_TAG, Entry

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@pytest.fixture(scope="module")
def store(tmp_path_factory, empty_database) -> Iterator[MlflowClient]:
    """One store for all tests; each has a model of its own."""
    with local_store(empty_database, tmp_path_factory.mktemp("chain")) as client:
        yield client


def written(model: str, count: int, **content: str) -> list[Entry]:
    """Entries that were appended one behind the other."""
    last = chain.head(model)
    entries = [last.entry] if last else []
    for _ in range(count):
        entry = Entry(model=model, decision="promoted", version="1", **content)
        entries.append(append(entry, entries[-1] if entries else None).entry)
    return entries


@given(content=st.fixed_dictionaries({name: TEXT for name in ("reason", "decided_by", "table")}))
@settings(max_examples=15, deadline=None)
def test_a_decision_comes_back_as_it_was_written(store, content):
    """A reason in Greek, with line breaks or without words must not break the seal."""
    entry = append(Entry(model="read back", version="1", **content), None).entry
    read = {each.entry.digest: each.entry for each in decisions("read back")}[entry.digest]
    assert read == entry
    assert read.sealed() == read.digest
    assert {name: getattr(read, name) for name in content} == content


def test_each_decision_is_sealed_on_the_one_before(store):
    """A decision could be taken out of the middle, and nobody would see it."""
    entries = written("linked", 4)
    assert [entry.sequence for entry in entries] == [f"{place:08}" for place in (1, 2, 3, 4)]
    assert [entry.before for entry in entries] == ["", *(entry.digest for entry in entries[:-1])]
    assert all(entry.digest == entry.sealed() for entry in entries)
    assert len({entry.digest for entry in entries}) == 4


def test_decisions_come_in_order_however_many_there_are(store, monkeypatch):
    """From the second page on, decisions would be lost, or the tenth come before the second."""
    monkeypatch.setattr(chain, "PAGE", 3)
    entries = written("many", 11)
    assert [each.entry for each in decisions("many")] == entries
    assert head("many").entry == entries[-1]
    assert entry_at("many", entries[1].sequence) == entries[1]
    assert entry_at("many", "00000012") is None


@pytest.mark.parametrize("other", ["OWLS", "owl", "owls ", "o%", "owl_"])
def test_models_of_like_names_have_chains_of_their_own(store, other):
    """The champion of one model would be replaced by a decision about another."""
    entries = written("owls", 1)
    before = len(decisions(other))
    written(other, 1)
    assert decisions("owls")[-1].entry == entries[-1]
    assert len(decisions(other)) == before + 1
    assert head("owls").entry == entries[-1]


@pytest.mark.parametrize("name", ["owl's", 'an "owl"'])
def test_a_name_with_a_quote_has_a_chain(store, name):
    """Its decisions could be written and never be found again."""
    entries = written(name, 2)
    assert [each.entry for each in decisions(name)] == entries


@pytest.mark.parametrize("name", ["a\\b", 'an "owl\'s"'])
def test_a_name_that_no_search_can_hold_is_refused(store, name):
    """Each decision would be written as the first."""
    assert head(name) is None
    with pytest.raises(UserError, match="a name that can be quoted"):
        written(name, 1)


def test_a_deleted_decision_counts_as_long_as_it_is_there(store):
    """Who deletes the run of a decision would undo it, and two decisions have one place."""
    entries = written("deleted", 2)
    store.delete_run(head("deleted").run.info.run_id)
    assert head("deleted").entry == entries[-1]
    assert [each.entry for each in decisions("deleted")] == entries
    assert written("deleted", 1)[-1].sequence == "00000003"


def test_a_decision_is_not_done_before_it_is_finished(store):
    """A promotion that was killed before the aliases moved would never be completed."""
    decided = append(Entry(model="undone", version="1"), None)
    assert not head("undone").done
    finish(decided)
    assert head("undone").done


@pytest.mark.parametrize("name", ["reason", "table", "gate_text"])
def test_text_that_mlflow_would_cut_is_refused(store, name):
    """The seal would not fit the text that is left."""
    fits = append(Entry(model=f"long {name}", **{name: "ü" * LONGEST_TAG}), None).entry
    assert head(f"long {name}").entry == fits
    assert fits.sealed() == fits.digest
    with pytest.raises(UserError, match=f"at most {LONGEST_TAG} characters.*got {LONGEST_TAG + 1}"):
        append(Entry(model=f"too long {name}", **{name: "ü" * (LONGEST_TAG + 1)}), None)
    assert head(f"too long {name}") is None


def test_no_store_has_decisions_before_the_first(tmp_path, empty_database):
    """Asking a new store for a history would fail, or make an experiment in it."""
    with local_store(empty_database, tmp_path):
        assert (head("new"), decisions("new"), chain.experiment_id()) == (None, [], None)
