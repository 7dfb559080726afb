"""A model that was deleted, and another one that was made under its name."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from candidates import make_candidate
from local_store import local_store
from mlflow import MlflowClient

from projects.errors import UserError
from registry import chain
from registry.audit import audited
from registry.promotion import Asked, Decision, promote, try_out
from registry.record import champion_of_record, champions_test_set
from registry.rollback import roll_back
from registry.standing import made_at


@pytest.fixture(scope="module")
def client(tmp_path_factory, empty_database) -> Iterator[MlflowClient]:
    with local_store(empty_database, tmp_path_factory.mktemp("standing")) as client:
        yield client


@pytest.fixture
def model(client) -> str:
    """Of the model that is gone, version 2 was champion and 1 previous; now 1 is of another."""
    name = f"wrens {uuid4().hex}"
    for accuracy in (0.9, 0.95):
        assert ask(name, make_candidate(client, name, accuracy).version).promoted
    before = made_at(name)
    client.delete_registered_model(name)
    make_candidate(client, name, 0.6)
    assert int(made_at(name)) > int(before)
    return name


def ask(model: str, version: object) -> Decision:
    return promote(Asked(model, str(version), "ada"))


def aliases(client: MlflowClient, model: str) -> dict[str, str]:
    found = client.get_registered_model(model).aliases
    return {alias: str(version) for alias, version in found.items()}


def test_a_model_made_anew_has_no_champion(client, model):
    """Its first version would be measured by a model that is gone, or refused as champion."""
    assert champion_of_record(model) == ("", "")
    assert champions_test_set(model) == ("", frozenset())
    tried = try_out(Asked(model, "1", "ada")).entry
    entry = ask(model, "1").entry
    assert (entry.decision, entry.champion_before, entry.previous_after) == ("promoted", "", "")
    assert (tried.decision, tried.champion_before) == ("promoted", "")
    assert "first model" in entry.table
    assert aliases(client, model) == {"champion": "1"}


def test_it_goes_on_in_the_chain_and_says_so(client, model):
    """Two histories of one name would have two first decisions, and neither be whole."""
    ask(model, "1")
    found = [(each.entry.sequence[-1], each.entry.found) for each in chain.decisions(model)]
    assert found == [("1", ""), ("2", ""), ("3", "the model was made anew")]
    make_candidate(client, model, 0.9)
    assert ask(model, "2").entry.found == ""
    assert aliases(client, model) == {"champion": "2", "previous": "1"}
    assert audited(model) == ([], 4)


def test_what_passed_under_the_name_before_is_no_place_to_go_back_to(client, model):
    """A version that never passed would be champion because another one of its number did."""
    assert ask(model, "1").promoted
    make_candidate(client, model, 0.1)
    for version, reason in ((None, "expected a @previous version"), ("2", "this never passed")):
        with pytest.raises(UserError, match=reason):
            roll_back(model, version, "try it", "eve")
    assert aliases(client, model) == {"champion": "1"}


def test_an_alias_set_by_hand_makes_no_champion_of_it(client, model):
    """Version 2 was champion by decision; that was another version 2."""
    make_candidate(client, model, 0.1)
    client.set_registered_model_alias(model, "champion", "2")
    assert champion_of_record(model) == ("", "")
    entry = ask(model, "2").entry
    assert (entry.decision, entry.champion_after) == ("refused", "")
    assert entry.found == "the model was made anew; @champion was on 2"
    assert aliases(client, model) == {}


def test_a_decision_left_undone_is_not_carried_out_on_another_model(client):
    """A promotion that was killed would make any version of the new model champion."""
    model = f"wrens {uuid4().hex}"
    make_candidate(client, model, 0.9)
    entry = try_out(Asked(model, "1", "ada")).entry
    chain.append(entry, None)
    client.delete_registered_model(model)
    make_candidate(client, model, 0.1)
    make_candidate(client, model, 0.1)
    ask(model, "2")
    assert aliases(client, model) == {}
    assert client.get_model_version(model, "1").description in {None, ""}
    assert all(each.done for each in chain.decisions(model))


@pytest.mark.parametrize("year", [1999, 2999])
def test_no_clock_takes_the_champion_away(client, monkeypatch, year):
    """A machine whose clock is behind would make all that it decides void."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz).replace(year=year)

    model = f"wrens {uuid4().hex}"
    monkeypatch.setattr(chain, "datetime", Wrong)
    make_candidate(client, model, 0.9)
    assert ask(model, "1").entry.decided_at.startswith(str(year))
    make_candidate(client, model, 0.95)
    assert ask(model, "2").entry.champion_before == "1"
    assert roll_back(model, None, "worse in rain", "eve").entry.champion_after == "1"
