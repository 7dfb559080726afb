"""From an evaluation to the decision, against a real store."""

from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import mlflow
import pytest
from candidates import DATASET, EXPERIMENT, GATE, findings, make_candidate, new_version
from local_store import local_store

from evaluation.findings import Findings
from projects.errors import UserError
from registry import candidacy, chain
from registry.candidacy import submit
from registry.dossier import FOLDER, TAG, read_dossier
from registry.promotion import Asked, promote

OTHER_DATASET = "e" * 36


@pytest.fixture(scope="module")
def client(tmp_path_factory, empty_database):
    with local_store(empty_database, tmp_path_factory.mktemp("candidacy")) as client:
        yield client


@pytest.fixture
def model(client) -> str:
    """One whose version 1, of accuracy 0.8, is champion."""
    name = f"birds {uuid4().hex}"
    make_candidate(client, name, 0.8)
    assert promote(Asked(name, "1", "ada")).promoted
    return name


class Examiner:
    """Evaluates champions on the candidate's test set, and notes which."""

    def __init__(self, *found):
        self.found, self.asked = list(found), []

    def __call__(self, uri: str) -> Findings:
        self.asked.append(uri)
        found = self.found[len(self.asked) - 1]
        if isinstance(found, Exception):
            raise found
        return found() if callable(found) else found


def submitted(client, model, accuracy, examine, dataset=DATASET, **how):
    """A new version, evaluated and submitted in a run of its own, as a training does."""
    version = new_version(client, model)
    found = findings(accuracy, dataset)
    mlflow.set_experiment(EXPERIMENT)
    with mlflow.start_run():
        mlflow.log_metrics({f"test.{name}": each.value for name, each in found.metrics.items()})
        return submit(version, found, GATE, examine, **how)


def champion(client, model) -> str:
    return str(client.get_model_version_by_alias(model, "champion").version)


def test_a_champion_that_was_tested_on_the_same_set_is_not_examined_again(client, model):
    """Hours of scoring would be spent on what stands on record."""
    examine = Examiner()
    assert submitted(client, model, 0.95, examine).promoted
    assert examine.asked == []
    assert champion(client, model) == "2"


def test_a_champion_that_was_tested_on_another_set_is_examined_on_the_candidates(client, model):
    """Two numbers of two test sets say nothing of which model is better."""
    examine = Examiner(findings(0.85, OTHER_DATASET))
    decision = submitted(client, model, 0.95, examine, OTHER_DATASET)
    assert examine.asked == [f"models:/{model}/1"]
    dossier = read_dossier(decision.entry.evidence)
    beside = read_dossier(dossier.beside)
    assert (beside.model, beside.version, beside.dataset) == (model, "1", OTHER_DATASET)
    # That the test set is another one is for a person to accept; the comparison itself passed.
    assert (decision.promoted, decision.entry.outcome) == (False, "INVESTIGATE")
    assert f"was {DATASET}, is {OTHER_DATASET}" in decision.entry.table
    assert "cannot be compared" not in decision.entry.table


def test_a_persons_reason_goes_with_the_candidate(client, model):
    examine = Examiner(findings(0.85, OTHER_DATASET))
    decision = submitted(client, model, 0.95, examine, OTHER_DATASET, accept="a new season")
    assert (decision.promoted, decision.entry.reason) == (True, "a new season")
    assert champion(client, model) == "2"


def test_a_champion_examined_beside_the_candidate_has_to_be_beaten_there(client, model):
    examine = Examiner(findings(0.95, OTHER_DATASET))
    decision = submitted(client, model, 0.7, examine, OTHER_DATASET, accept="a new season")
    assert (decision.promoted, decision.entry.outcome) == (False, "STOP")


def test_what_the_champion_is_examined_on_does_not_replace_its_own_evidence(client, model):
    """The champion's terms would change with every candidate."""
    before = client.get_model_version(model, "1").tags[TAG]
    examine = Examiner(findings(0.85, OTHER_DATASET))
    submitted(client, model, 0.95, examine, OTHER_DATASET)
    assert client.get_model_version(model, "1").tags[TAG] == before


def test_a_first_model_is_compared_with_none(client):
    name = f"birds {uuid4().hex}"
    examine = Examiner()
    assert submitted(client, name, 0.9, examine).promoted
    assert examine.asked == []


def test_the_comparison_is_made_again_if_another_became_champion_meanwhile(client, model):
    """Two trainings at once: the later one must beat the earlier, not what was before both."""
    make_candidate(client, model, 0.9)

    def meanwhile() -> Findings:
        assert promote(Asked(model, "2", "eve")).promoted
        return findings(0.8, OTHER_DATASET)

    examine = Examiner(meanwhile, findings(0.9, OTHER_DATASET))
    decision = submitted(client, model, 0.97, examine, OTHER_DATASET, accept="a new season")
    assert examine.asked == [f"models:/{model}/1", f"models:/{model}/2"]
    assert decision.promoted
    assert champion(client, model) == "3"
    entries = [each.entry for each in chain.decisions(model)]
    assert [(each.version, each.champion_before, each.decision) for each in entries] == [
        ("1", "", "promoted"),
        ("2", "1", "promoted"),
        ("3", "2", "refused"),
        ("3", "2", "promoted"),
    ]


def test_a_champion_that_came_meanwhile_and_is_better_refuses_the_candidate(client, model):
    make_candidate(client, model, 0.97)

    def meanwhile() -> Findings:
        promote(Asked(model, "2", "eve"))
        return findings(0.8, OTHER_DATASET)

    examine = Examiner(meanwhile, findings(0.97, OTHER_DATASET))
    decision = submitted(client, model, 0.85, examine, OTHER_DATASET, accept="a new season")
    assert (decision.promoted, decision.entry.outcome) == (False, "STOP")
    assert champion(client, model) == "2"


def test_it_does_not_try_for_ever(client, model, monkeypatch):
    """Where each comparison comes too late, the candidate is refused and can be submitted again."""
    monkeypatch.setattr(candidacy, "ATTEMPTS", 2)
    others = [make_candidate(client, model, accuracy) for accuracy in (0.85, 0.9)]

    def overtaken(version) -> Findings:
        assert promote(Asked(model, str(version.version), "eve")).promoted
        return findings(0.8, OTHER_DATASET)

    examine = Examiner(*[lambda version=version: overtaken(version) for version in others])
    decision = submitted(client, model, 0.97, examine, OTHER_DATASET, accept="a new season")
    assert len(examine.asked) == 2
    assert (decision.promoted, decision.entry.outcome) == (False, "ERROR")
    assert champion(client, model) == str(others[-1].version)


def test_a_champion_that_cannot_be_examined_is_an_error_with_the_reason(client, model, caplog):
    """A champion that is broken must neither be beaten by that, nor end a training in a crash."""
    examine = Examiner(UserError("it does not know 2 of the labels"))
    decision = submitted(client, model, 0.95, examine, OTHER_DATASET, accept="a new season")
    assert (decision.promoted, decision.entry.outcome) == (False, "ERROR")
    assert "version 1: it was not evaluated on the same test set" in decision.entry.table
    assert "not compared with champion version 1: it does not know 2 of the labels" in caplog.text
    assert champion(client, model) == "1"


def test_a_champion_whose_own_evidence_is_lost_is_examined_again(client, model):
    """Whoever spoils a champion's evidence gains nothing, and stops nobody."""
    for file in evidence_files(client, model, "1"):
        file.unlink()
    examine = Examiner(findings(0.95))
    decision = submitted(client, model, 0.5, examine)
    assert examine.asked == [f"models:/{model}/1"]
    assert decision.entry.outcome == "STOP"


def test_a_champions_tag_says_nothing(client, model):
    """Anybody can write it; the evidence is the one that the champion passed on."""
    client.set_model_version_tag(model, "1", TAG, "nowhere")
    examine = Examiner(findings(0.1))
    decision = submitted(client, model, 0.5, examine)
    assert examine.asked == []
    assert decision.entry.outcome == "STOP"


def evidence_files(client, model, version):
    run = client.get_run(client.get_model_version(model, version).run_id)
    return list((Path(urlsplit(run.info.artifact_uri).path) / FOLDER).iterdir())


def test_a_dry_run_leaves_the_version_as_it_is(client, model):
    """Evidence that was only tried out is not what a later decision should rest on."""
    decision = submitted(client, model, 0.95, Examiner(), dry_run=True)
    assert (decision.promoted, decision.run_id) == (True, None)
    assert TAG not in client.get_model_version(model, "2").tags
    assert champion(client, model) == "1"
    assert len(chain.decisions(model)) == 1


def test_the_evidence_stands_in_the_run_that_found_it_out(client, model):
    decision = submitted(client, model, 0.95, Examiner())
    version = client.get_model_version(model, "2")
    assert version.tags[TAG] == decision.entry.evidence
    assert decision.entry.evidence.startswith(mlflow.last_active_run().info.run_id)
