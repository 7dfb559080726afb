"""What did not pass becomes champion by none of the server's doors, and what passed does."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from candidates import DATASET, GATE, findings, logged_model, make_candidate, new_version
from mlflow.exceptions import MlflowException

from evaluation.bootstrap import Interval
from evaluation.gates.gate import Gate
from registry import chain
from registry.aliases import champion_found
from registry.versions import CHAMPION, PREVIOUS

pytestmark = pytest.mark.slow

ANOTHER_SET = "e" * 36
BOTH = {CHAMPION: "2", PREVIOUS: "1"}


def promote(client, version) -> None:
    client.set_registered_model_alias(version.name, CHAMPION, version.version)


def test_a_version_that_passed_becomes_champion_by_its_alias(client):
    promote(client, make_candidate(client, "by alias"))
    assert champion_found("by alias") == "1"
    shown = client.get_model_version("by alias", "1")
    assert (shown.tags["gate.outcome"], shown.tags["decision"]) == ("PASS", "promoted")
    assert "| accuracy > 0.5 " in shown.description
    run = client.get_run(shown.tags["decision.run"])
    assert (run.info.status, run.data.tags["decision"]) == ("FINISHED", "promoted")
    assert run.data.tags["decided.by"] == "unknown (no authentication)"


@pytest.mark.parametrize("door", ["api", "ajax-api"])
def test_the_door_of_the_ui_is_the_same(client, address, door):
    name = f"by {door}"
    for accuracy in (0.9, 0.1):
        make_candidate(client, name, accuracy)
    url = f"{address}/{door}/2.0/mlflow/registered-models/alias"
    asked = {"name": name, "alias": CHAMPION, "version": "1"}
    assert requests.post(url, json=asked).status_code == 200
    assert champion_found(name) == "1"
    answer = requests.post(url, json={**asked, "version": "2"})
    assert answer.status_code == 400
    assert "expected accuracy > 0.5, got 0.1, which misses by 0.4" in answer.json()["message"]
    assert champion_found(name) == "1"


def test_other_aliases_and_versions_are_mlflows_own_business(client, reigning):
    """Who tidies up, or names a version `@candidate`, is not in the guard's way."""
    version = make_candidate(client, reigning, accuracy=0.3)
    client.set_registered_model_alias(reigning, "candidate", version.version)
    client.set_tag(version.run_id, "colour", "brown")
    client.delete_registered_model_alias(reigning, "candidate")
    client.delete_model_version(reigning, version.version)
    client.delete_run(version.run_id)
    client.create_registered_model("a draft")
    client.rename_registered_model("a draft", "a second draft")
    client.delete_registered_model("a second draft")


def copied(client, name):
    return client.copy_model_version(f"models:/{name}/2", name)


def with_tags_by_hand(client, name):
    passed = client.get_model_version(name, "2")
    return client.create_model_version(
        name, passed.source, passed.run_id, passed.tags, model_id=logged_model(passed)
    )


def on_another_test_set(client, name):
    return make_candidate(client, name, accuracy=0.95, dataset=ANOTHER_SET)


def on_fewer_clips(client, name):
    return make_candidate(client, name, found=findings(0.95, DATASET, clips=30))


def overwritten(client, name):
    version = make_candidate(client, name, accuracy=0.9)
    client.log_metric(version.run_id, "test.accuracy", 0.99)
    return version


def measured_as(accuracy):
    found = findings(0.95, metrics={"accuracy": Interval(accuracy, 0.9, 1.0)})
    return lambda client, name: make_candidate(client, name, found=found)


NOT_PASSING = {
    "without evidence": (new_version, "expected evidence about it, got none"),
    "worse": (lambda *of: make_candidate(*of, accuracy=0.7), "got -0.2009, which misses by"),
    "copied": (copied, "it is about"),
    "with tags by hand": (with_tags_by_hand, "it is about"),
    "on another test set": (on_another_test_set, "not evaluated on the same test set"),
    "on fewer clips": (on_fewer_clips, "it could score clips that the candidate could not"),
    "overwritten": (overwritten, "accuracy was 0.9, the run now says 0.99"),
    "not a number": (measured_as(float("nan")), "not finite"),
    "infinite": (measured_as(float("inf")), "not finite"),
}


@pytest.mark.parametrize(("made", "reason"), NOT_PASSING.values(), ids=NOT_PASSING)
def test_what_did_not_pass_is_refused_in_a_sentence(client, reigning, made, reason):
    version = made(client, reigning)
    with pytest.raises(MlflowException) as error:
        promote(client, version)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)
    assert client.get_registered_model(reigning).aliases == BOTH


def test_a_first_version_that_fails_leaves_the_model_without_a_champion(client):
    version = make_candidate(client, "first", accuracy=0.4)
    with pytest.raises(MlflowException, match=r"expected accuracy > 0.5, got 0.4, .* by 0.1"):
        promote(client, version)
    assert champion_found("first") == ""


def test_a_gate_without_rules_lets_nobody_in(client):
    version = make_candidate(client, "no rules", gate=Gate("empty", (), GATE.champion))
    with pytest.raises(MlflowException, match="gate empty says ERROR"):
        promote(client, version)
    assert champion_found("no rules") == ""


def test_what_passed_under_one_name_has_not_passed_under_another(client):
    make_candidate(client, "its own name")
    client.rename_registered_model("its own name", "a stage name")
    with pytest.raises(MlflowException, match="it is about its own name version 1"):
        client.set_registered_model_alias("a stage name", CHAMPION, "1")
    assert champion_found("a stage name") == ""


@pytest.mark.parametrize("alias", ["Champion", "CHAMPION", "Previous", PREVIOUS])
def test_no_spelling_of_an_alias_goes_round_the_guard(client, reigning, alias):
    """`models:/name@Champion` would be served beside the champion."""
    with pytest.raises(MlflowException, match="expected") as error:
        client.set_registered_model_alias(reigning, alias, "1")
    assert "\n" not in str(error.value)
    assert client.get_registered_model(reigning).aliases == BOTH


@pytest.mark.parametrize("version", ["02", " 2", "2.0", "two", ""])
def test_no_spelling_of_a_version_goes_round_the_guard(client, reigning, version):
    """The champion would be its own @previous, to which nobody can go back."""
    with pytest.raises(MlflowException):
        client.set_registered_model_alias(reigning, CHAMPION, version)
    assert client.get_registered_model(reigning).aliases == BOTH


def test_the_same_version_twice_is_one_promotion(client):
    version = make_candidate(client, "twice")
    promote(client, version)
    with pytest.raises(MlflowException, match="is @champion already"):
        promote(client, version)
    assert len(chain.decisions("twice")) == 1


def test_of_promotions_at_once_each_sees_the_one_before(client):
    """Last writer wins is how two people overwrite each other's champion."""
    versions = [make_candidate(client, "at once", accuracy) for accuracy in (0.9, 0.9, 0.9, 0.3)]

    def promoted(version) -> bool:
        try:
            promote(client, version)
        except MlflowException:
            return False
        return True

    with ThreadPoolExecutor(len(versions)) as people:
        assert list(people.map(promoted, versions)) == [True, True, True, False]
    entries = [each.entry for each in chain.decisions("at once")]
    assert [entry.sequence for entry in entries] == [f"{place:08}" for place in range(1, 5)]
    assert all(entry.digest == entry.sealed() for entry in entries)
    assert [entry.before for entry in entries] == ["", *(each.digest for each in entries[:-1])]
    champions = ["", *(each.champion_after for each in entries)]
    assert [entry.champion_before for entry in entries] == champions[:-1]
    assert champion_found("at once") == champions[-1]
