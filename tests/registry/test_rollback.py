"""Going back to an earlier champion, against a real store."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from candidates import DATASET, GATE, make_candidate
from local_store import local_store
from mlflow import MlflowClient

from evaluation.gates.reader import parse_gate
from projects.errors import UserError
from projects.tracking import run_without_tracking
from registry import chain
from registry.audit import audited
from registry.promotion import Asked, promote
from registry.rollback import roll_back
from registry.rollback_job import RollbackConfig
from registry.rollback_job import roll_back as roll_back_job

LENIENT = parse_gate(
    'name: lenient\nrules: [{metric: accuracy, pass: "> 0.1"}]\n'
    "champion: {metric: macro_f1, margin: 1.0}\n",
    "a lenient gate",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory, empty_database) -> Iterator[MlflowClient]:
    with local_store(empty_database, tmp_path_factory.mktemp("rollback")) as client:
        yield client


@pytest.fixture
def model() -> str:
    """A name that no other test's model has."""
    return f"wrens {uuid4().hex}"


def champions(client: MlflowClient, model: str, *accuracies: float) -> None:
    """Versions 1, 2, ..., each promoted over the one before."""
    for accuracy in accuracies:
        version = make_candidate(client, model, accuracy)
        assert promote(Asked(model, str(version.version), "ada")).promoted


def aliases(client: MlflowClient, model: str) -> tuple[str, str]:
    """The versions under champion and previous, empty where there is none."""
    found = client.get_registered_model(model).aliases
    return str(found.get("champion", "")), str(found.get("previous", ""))


def test_going_back_swaps_champion_and_previous(client, model):
    """In an emergency the version that worked would not come back, or be lost by going back."""
    champions(client, model, 0.8, 0.9)
    went = roll_back(model, None, "worse in rain", "eve")
    assert aliases(client, model) == ("1", "2")
    entry = chain.head(model).entry
    assert entry == went.entry
    said = (entry.decision, entry.version, entry.champion_before, entry.champion_after)
    assert said == ("rolled back", "1", "2", "1")
    assert (entry.reason, entry.decided_by, entry.previous_after) == ("worse in rain", "eve", "2")
    assert entry.evidence == chain.decisions(model)[0].entry.evidence
    assert chain.head(model).done
    roll_back(model, None, "no, it was the microphone", "eve")
    assert aliases(client, model) == ("2", "1")
    assert audited(model) == ([], 4)


def test_going_back_to_a_named_version(client, model):
    """Only the last champion could be had, however bad the last two were."""
    champions(client, model, 0.8, 0.85, 0.9)
    roll_back(model, "1", "both fail in rain", "eve")
    assert aliases(client, model) == ("1", "3")
    assert audited(model) == ([], 4)


def test_what_was_moved_by_hand_is_no_place_to_go(client, model):
    """A version that never passed would serve after a rollback."""
    champions(client, model, 0.8, 0.9)
    make_candidate(client, model)
    client.set_registered_model_alias(model, "previous", "3")
    client.set_registered_model_alias(model, "champion", "3")
    went = roll_back(model, None, "who moved it?", "eve")
    assert aliases(client, model) == ("1", "2")
    assert went.entry.found.startswith("@champion was on 3")
    assert audited(model) == ([], 3)


def test_the_next_candidate_meets_the_terms_of_the_champion_that_came_back(client, model):
    """A rollback would leave the gate of the version that failed, or none, to judge by."""
    champions(client, model, 0.8)
    make_candidate(client, model, 0.7, gate=LENIENT)
    assert promote(Asked(model, "2", "ada", LENIENT, "for a demo")).promoted
    roll_back(model, "1", "the demo is over", "ada")
    make_candidate(client, model, 0.7, gate=LENIENT)
    decision = promote(Asked(model, "3", "ada"))
    assert not decision.promoted
    assert decision.entry.gate == GATE.name
    assert "macro_f1 - champion's" in decision.entry.table
    assert promote(Asked(model, "3", "ada", LENIENT)).entry.outcome == "INVESTIGATE"
    make_candidate(client, model, 0.85)
    assert promote(Asked(model, "4", "ada")).promoted
    assert aliases(client, model) == ("4", "1")


def test_the_next_candidate_meets_the_test_set_of_the_champion_that_came_back(client, model):
    """A candidate would be let through on easier recordings."""
    champions(client, model, 0.8)
    other = "e" * len(DATASET)
    make_candidate(client, model, 0.9, dataset=other)
    decision = promote(Asked(model, "2", "ada"))
    assert decision.entry.outcome == "ERROR"
    champions(client, model, 0.9)
    roll_back(model, "1", "worse in rain", "ada")
    decision = promote(Asked(model, "2", "ada"))
    assert (decision.promoted, decision.entry.outcome) == (False, "ERROR")


def test_nothing_but_an_earlier_champion_comes_back(client, model):
    """A refused version would become champion under the name of a rollback."""
    champions(client, model, 0.8, 0.9)
    make_candidate(client, model, 0.1)
    assert not promote(Asked(model, "3", "ada")).promoted
    reasons = {
        "3": "version 3: expected one that was champion before, this never passed",
        "9": "version 9: expected one that was champion before, this never passed",
        "2": "version 2 is @champion already",
    }
    for version, reason in reasons.items():
        with pytest.raises(UserError, match=reason):
            roll_back(model, version, "try it", "eve")
    assert aliases(client, model) == ("2", "1")
    assert len(chain.decisions(model)) == 3


def test_there_is_nothing_to_go_back_to(client, model):
    champions(client, model, 0.8)
    with pytest.raises(UserError, match="expected a @previous version"):
        roll_back(model, None, "try it", "eve")
    with pytest.raises(UserError, match="expected a @previous version"):
        roll_back("no such model", None, "try it", "eve")
    assert aliases(client, model) == ("1", "")


def test_a_version_whose_files_changed_does_not_come_back(client, model):
    """What serves after a rollback would not be what passed."""
    champions(client, model, 0.8, 0.9)
    (code,) = Path("mlruns").rglob("artifacts/loudest.py")
    kept = code.read_text()
    code.write_text(kept + "# changed\n")
    with pytest.raises(UserError, match="its files changed"):
        roll_back(model, None, "try it", "eve")
    assert aliases(client, model) == ("2", "1")
    code.write_text(kept)
    assert roll_back(model, None, "put back", "eve").entry.champion_after == "1"


def test_a_version_that_is_gone_does_not_come_back(client, model):
    """The alias would be on nothing, and serving fail at its next start."""
    champions(client, model, 0.8, 0.9)
    client.delete_model_version(model, "1")
    with pytest.raises(UserError, match="none is there"):
        roll_back(model, "1", "try it", "eve")
    assert len(chain.decisions(model)) == 2


def test_a_deleted_champion_does_not_stand_in_the_way(client, model):
    """Just when the champion is gone, nobody could go back to the one before."""
    champions(client, model, 0.8, 0.9)
    client.delete_model_version(model, "2")
    went = roll_back(model, None, "someone deleted version 2", "eve")
    assert aliases(client, model) == ("1", "")
    assert went.entry.found == "@champion was on no version"
    assert audited(model) == ([], 3)


def test_a_deleted_previous_does_not_stand_in_the_way(client, model):
    """Who clears up old versions would end all promotions of the model."""
    champions(client, model, 0.8, 0.85)
    client.delete_model_version(model, "1")
    champions(client, model, 0.9)
    assert aliases(client, model) == ("3", "2")


def test_the_entry_point_says_what_is_champion_now(client, model, monkeypatch, capsys):
    """A person in a hurry would have to look it up, or go back for no reason on record."""
    champions(client, model, 0.8, 0.9)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["rollback", "--model", model, *arguments])
        capsys.readouterr()
        try:
            run_without_tracking(RollbackConfig, roll_back_job)
        except SystemExit as ended:
            return ended.code, capsys.readouterr().err
        return 0, capsys.readouterr().out

    assert run("--version", "", "--reason", "worse in rain") == (
        0,
        f"{model} version 1 is @champion again, version 2 is @previous\n",
    )
    assert run("--reason", " ")[0] == 2
    assert run("--version", "latest", "--reason", "try it")[0] == 2
    assert run("--version", "1", "--reason", "x") == (
        2,
        f"error: {model} version 1 is @champion already\n",
    )
    assert chain.head(model).entry.reason == "worse in rain"
