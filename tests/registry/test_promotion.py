"""Moving `@champion`, against a real store."""

import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import mlflow
import pytest
from candidates import DATASET, GATE, findings, make_candidate, new_version, put_on_record
from local_store import local_store
from mlflow import MlflowClient
from mlflow.entities import ViewType

from evaluation.bootstrap import Interval
from evaluation.gates.canonical import gate_text
from evaluation.gates.reader import parse_gate
from projects.errors import UserError
from registry import chain, promotion
from registry.aliases import LONGEST_DESCRIPTION
from registry.audit import audited
from registry.dossier import TAG
from registry.entry import Entry
from registry.promotion import Asked, Decision, promote, try_out

OTHER_GATE = replace(GATE, name="other")
OTHER_SET = "e" * len(DATASET)
NO_NUMBER = {"accuracy": Interval(float("nan"))}


@pytest.fixture(scope="module")
def client(tmp_path_factory, empty_database):
    with local_store(empty_database, tmp_path_factory.mktemp("promotion")) as client:
        yield client


@pytest.fixture
def model() -> str:
    """A name that no other test's model has."""
    return f"birds {uuid4().hex}"


@pytest.fixture
def champion(client, model) -> None:
    """Version 1, of accuracy 0.8, is champion."""
    make_candidate(client, model, 0.8)
    assert ask(model, "1").promoted


@pytest.fixture(scope="module")
def reigning(client) -> str:
    """A model whose version 1, of accuracy 0.8, stays champion: no test promotes another."""
    make_candidate(client, "reigning", 0.8)
    assert ask("reigning", "1").promoted
    return "reigning"


def ask(model: str, version: object, **how) -> Decision:
    return promote(Asked(model, str(version), "ada", **how))


def would(model: str, version: object, **how) -> Entry:
    """What would be decided."""
    return try_out(Asked(model, str(version), "ada", **how)).entry


def aliases(client: MlflowClient, model: str) -> dict[str, str]:
    found = client.get_registered_model(model).aliases
    return {alias: str(version) for alias, version in found.items()}


def everything(client: MlflowClient, model: str) -> tuple:
    """All of a store that a decision may change."""
    experiments = [each.experiment_id for each in client.search_experiments(ViewType.ALL)]
    runs = client.search_runs(experiments, run_view_type=ViewType.ALL, max_results=5000)
    versions = client.search_model_versions(f"name = '{model}'")
    return (
        aliases(client, model),
        {run.info.run_id: (run.info.status, run.data.tags, str(run.data.metrics)) for run in runs},
        {each.version: (each.tags, each.description) for each in versions},
        sorted(path for path in Path.cwd().rglob("*") if path.is_file()),
    )


def evidence_folder(client: MlflowClient, model: str, version: str) -> Path:
    run = client.get_run(client.get_model_version(model, version).run_id)
    return Path(urlsplit(run.info.artifact_uri).path) / "evidence"


def test_a_first_model_that_passes_becomes_champion(client, model):
    make_candidate(client, model)
    decision = ask(model, "1")
    assert decision.promoted
    assert (decision.entry.decision, decision.entry.outcome) == ("promoted", "PASS")
    assert aliases(client, model) == {"champion": "1"}


def test_each_model_that_passes_leaves_the_one_before_to_go_back_to(client, model, champion):
    for accuracy, expected in ((0.9, ("2", "1")), (0.95, ("3", "2"))):
        version = make_candidate(client, model, accuracy)
        assert ask(model, str(version.version)).promoted
        found = aliases(client, model)
        assert (found["champion"], found["previous"]) == expected


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (findings(0.79), "INVESTIGATE"),
        (findings(0.5), "STOP"),
        (findings(0.95, metrics=NO_NUMBER), "ERROR"),
    ],
    ids=["investigate", "stop", "error"],
)
def test_nothing_but_pass_moves_the_champion(client, reigning, found, outcome):
    """The seed passed a gate "with caution"."""
    version = make_candidate(client, reigning, found=found)
    decision = ask(reigning, version.version)
    assert not decision.promoted
    assert (decision.entry.decision, decision.entry.outcome) == ("refused", outcome)
    assert aliases(client, reigning) == {"champion": "1"}


def test_a_refused_model_leaves_what_there_is_to_go_back_to(client, model, champion):
    make_candidate(client, model, 0.9)
    make_candidate(client, model, 0.5)
    ask(model, "2")
    entry = ask(model, "3").entry
    assert (entry.champion_after, entry.previous_after) == ("2", "1")
    assert aliases(client, model) == {"champion": "2", "previous": "1"}


def test_a_persons_reason_lets_through_what_is_to_be_investigated(client, model, champion):
    """The way round a gate stands on record, with the reason and with what the gate said."""
    make_candidate(client, model, 0.95)
    decision = ask(model, "2", gate=OTHER_GATE, accept="  the other gate is stricter\n")
    assert (decision.promoted, decision.entry.outcome) == (True, "INVESTIGATE")
    assert aliases(client, model) == {"champion": "2", "previous": "1"}
    tags = client.get_run(decision.run_id).data.tags
    assert tags["reason"] == "the other gate is stricter"
    assert "INVESTIGATE" in tags["mlflow.note.content"]


@pytest.mark.parametrize("blank", ["", "   ", "\n\t"])
def test_a_blank_is_no_reason(client, reigning, blank):
    """Whoever reads the record later would find nothing where the reason should stand."""
    version = make_candidate(client, reigning, 0.95)
    entry = would(reigning, version.version, gate=OTHER_GATE, accept=blank)
    assert (entry.decision, entry.outcome) == ("refused", "INVESTIGATE")


@pytest.mark.parametrize(
    ("found", "outcome"),
    [(findings(0.5), "STOP"), (findings(0.95, metrics=NO_NUMBER), "ERROR")],
    ids=["stop", "error"],
)
def test_no_reason_lets_through_what_is_far_off_or_cannot_be_judged(
    client, reigning, found, outcome
):
    version = make_candidate(client, reigning, found=found)
    entry = would(reigning, version.version, accept="the conference is tomorrow")
    assert (entry.decision, entry.outcome, entry.reason) == ("refused", outcome, "")


def test_a_reason_that_was_not_needed_is_not_put_on_record(client, reigning):
    """It would look as if a person had decided what the gate has."""
    version = make_candidate(client, reigning, 0.95)
    entry = would(reigning, version.version, accept="it is the best")
    assert (entry.decision, entry.reason) == ("promoted", "")


def test_a_decision_says_who_decided_what_when_and_on_what_evidence(client, reigning):
    version = make_candidate(client, reigning, 0.3)
    decision = ask(reigning, version.version)
    run = client.get_run(decision.run_id)
    assert client.get_experiment(run.info.experiment_id).name == "promotions"
    assert run.info.status == "FINISHED"
    tags = run.data.tags
    assert (tags["decision"], tags["version"]) == ("refused", str(version.version))
    assert (tags["champion.before"], tags["champion.after"]) == ("1", "1")
    assert (tags["decided.by"], tags["decided.at"][:2]) == ("ada", "20")
    assert (tags["evidence"], tags["dataset"]) == (version.tags[TAG], DATASET)
    assert (tags["gate"], tags["gate.text"], tags["outcome"]) == ("test", gate_text(GATE), "STOP")
    assert tags["mlflow.note.content"].startswith("| rule")


@pytest.mark.parametrize(("accuracy", "decided"), [(0.95, "promoted"), (0.3, "refused")])
def test_a_version_carries_the_gates_answer(client, model, champion, accuracy, decided):
    """The UI compares versions side by side, and there nobody opens each decision."""
    make_candidate(client, model, accuracy)
    decision = ask(model, "2")
    version = client.get_model_version(model, "2")
    assert version.tags["gate"] == "test"
    assert version.tags["gate.outcome"] == decision.entry.outcome
    assert version.tags["decision"] == decided
    assert version.tags["decision.run"] == decision.run_id
    assert version.description == decision.entry.table


def test_a_description_is_no_longer_than_any_store_takes(client, model):
    """PostgreSQL refuses a longer one, after the decision: it could never be completed."""
    rules = ",".join(f'{{metric: "metric {place}", pass: "> 0"}}' for place in range(50))
    gate = parse_gate(
        f"name: long\nrules: [{rules}]\nchampion: {{metric: macro_f1, margin: 0}}\n", "a long gate"
    )
    make_candidate(client, model, gate=gate)
    table = ask(model, "1").entry.table
    assert len(table) > LONGEST_DESCRIPTION
    assert client.get_model_version(model, "1").description == table[:LONGEST_DESCRIPTION]


@pytest.mark.parametrize("accuracy", [0.95, 0.3])
def test_a_dry_run_changes_nothing_at_all_and_says_what_would_be(client, model, champion, accuracy):
    """A question must not be an answer."""
    make_candidate(client, model, accuracy)
    client.set_registered_model_alias(model, "champion", "2")
    before = everything(client, model)
    tried = try_out(Asked(model, "2", "ada"))
    assert everything(client, model) == before
    assert tried.run_id is None
    done = ask(model, "2").entry
    unknown = {"sequence": "", "found": "", "before": "", "decided_at": "", "digest": ""}
    assert tried.entry == replace(done, **unknown)


def test_an_alias_that_was_moved_is_put_back_and_told(client, model, champion):
    """Whoever has the store could otherwise make any version champion, and nobody would know."""
    make_candidate(client, model, 0.3)
    make_candidate(client, model, 0.1)
    client.set_registered_model_alias(model, "champion", "2")
    client.set_registered_model_alias(model, "previous", "3")
    decision = ask(model, "3")
    assert decision.entry.champion_before == "1"
    assert decision.entry.found == "@champion was on 2"
    assert client.get_run(decision.run_id).data.tags["found"] == "@champion was on 2"
    assert aliases(client, model) == {"champion": "1"}


def test_an_alias_that_was_taken_away_is_put_back_and_told(client, model, champion):
    make_candidate(client, model, 0.3)
    client.delete_registered_model_alias(model, "champion")
    assert ask(model, "2").entry.found == "@champion was on no version"
    assert aliases(client, model) == {"champion": "1"}


def test_a_version_that_the_alias_was_moved_to_can_still_pass(client, model, champion):
    """It is judged beside the champion of record, and not taken for the champion."""
    make_candidate(client, model, 0.95)
    client.set_registered_model_alias(model, "champion", "2")
    assert ask(model, "2").promoted
    assert aliases(client, model) == {"champion": "2", "previous": "1"}


@pytest.fixture
def undone(client, model, champion, monkeypatch) -> None:
    """Version 2 was promoted by a process that ended before it could move an alias."""
    make_candidate(client, model, 0.9)
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "set_registered_model_alias", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(model, "2")
    assert aliases(client, model) == {"champion": "1"}
    assert not chain.head(model).done


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_decision_that_was_left_undone_is_completed_by_the_next(client, model, undone):
    """It stands on record: what it says has to come true, once."""
    first = chain.head(model).run.info.run_id
    make_candidate(client, model, 0.3)
    decision = ask(model, "3")
    assert (decision.entry.champion_before, decision.entry.found) == ("2", "")
    assert aliases(client, model) == {"champion": "2", "previous": "1"}
    assert client.get_run(first).info.status == "FINISHED"
    assert client.get_model_version(model, "2").tags["decision.run"] == first


def test_a_decision_that_was_left_undone_counts_for_the_version_itself(client, model, undone):
    """Asked again after the error, a person must learn that it did happen."""
    with pytest.raises(UserError, match="version 2 is @champion already"):
        ask(model, "2")
    assert aliases(client, model) == {"champion": "2", "previous": "1"}


def test_a_decision_that_was_left_undone_and_deleted_is_completed(client, model, undone):
    """MLflow refuses to end a deleted run, which would end all promotions of the model."""
    client.delete_run(chain.head(model).run.info.run_id)
    make_candidate(client, model, 0.95)
    assert ask(model, "3").promoted
    assert aliases(client, model) == {"champion": "3", "previous": "2"}


def test_a_dry_run_knows_a_decision_that_was_left_undone(client, model, undone):
    make_candidate(client, model, 0.95)
    assert try_out(Asked(model, "3", "ada")).entry.champion_before == "2"
    assert aliases(client, model) == {"champion": "1"}


def test_a_deleted_decision_counts(client, model, champion):
    """Who deletes the last decision in the UI would make the model a first one again."""
    client.delete_run(chain.head(model).run.info.run_id)
    make_candidate(client, model, 0.3)
    entry = ask(model, "2").entry
    assert (entry.sequence, entry.champion_before, entry.outcome) == ("00000002", "1", "STOP")


@pytest.mark.parametrize(("accuracy", "decided"), [(0.95, "promoted"), (0.5, "refused")])
def test_a_champion_from_before_any_decision_has_to_be_beaten(client, model, accuracy, decided):
    """Who begins with this registry has a champion already, and wants no worse one."""
    make_candidate(client, model, 0.8)
    client.set_registered_model_alias(model, "champion", "1")
    make_candidate(client, model, accuracy)
    entry = ask(model, "2").entry
    assert (entry.decision, entry.champion_before, entry.found) == (decided, "1", "")
    expected = {"champion": "2", "previous": "1"} if decided == "promoted" else {"champion": "1"}
    assert aliases(client, model) == expected


@pytest.mark.parametrize(("accuracy", "decided"), [(0.8, "promoted"), (0.3, "refused")])
def test_a_champion_from_before_any_decision_can_come_to_pass_itself(
    client, model, accuracy, decided
):
    """It would stand there without a decision for good: a server lets nobody take the alias off."""
    make_candidate(client, model, accuracy)
    client.set_registered_model_alias(model, "champion", "1")
    make_candidate(client, model, 0.1)
    assert not ask(model, "2").promoted
    entry = ask(model, "1").entry
    assert (entry.decision, entry.champion_before, entry.champion_after) == (decided, "1", "1")
    assert aliases(client, model) == {"champion": "1"}
    if decided == "promoted":
        with pytest.raises(UserError, match="is @champion already"):
            ask(model, "1")


def test_a_champion_from_before_any_decision_without_evidence_is_an_error(client, model):
    new_version(client, model)
    client.set_registered_model_alias(model, "champion", "1")
    make_candidate(client, model, 0.95)
    decision = ask(model, "2")
    assert decision.entry.outcome == "ERROR"
    wanted = "version 1: it was not evaluated on the same test set: run -e promote with that data"
    assert f"{wanted}, which evaluates both" in decision.entry.table
    assert aliases(client, model) == {"champion": "1"}


@pytest.fixture
def deleted(client, model, champion) -> None:
    """The champion, version 1, was deleted behind the guard; its evidence is on record."""
    client.delete_model_version(model, "1")


def test_a_deleted_champion_is_still_to_be_beaten_where_its_evidence_is_there(
    client, model, deleted
):
    """Who deletes the champion would have a worse model pass."""
    make_candidate(client, model, 0.5)
    make_candidate(client, model, 0.9)
    refused = ask(model, "2", accept="there is no other")
    assert (refused.entry.decision, refused.entry.outcome) == ("refused", "STOP")
    assert ask(model, "3").promoted
    assert aliases(client, model) == {"champion": "3"}
    assert audited(model) == ([], 3)


def test_a_deleted_champion_that_cannot_be_compared_with_is_left_to_a_person(
    client, model, deleted
):
    """All would be ERROR for good, and the model stuck; or any candidate pass, and nobody know."""
    make_candidate(client, model, 0.9, OTHER_SET)
    refused = ask(model, "2").entry
    assert (refused.decision, refused.outcome) == ("refused", "INVESTIGATE")
    assert "version 1: it was deleted, and it was not evaluated on the same" in refused.table
    entry = ask(model, "2", accept="version 1 was deleted by mistake").entry
    assert (entry.decision, entry.outcome) == ("promoted", "INVESTIGATE")
    assert entry.reason == "version 1 was deleted by mistake"
    assert (entry.champion_before, entry.previous_after) == ("1", "")
    assert aliases(client, model) == {"champion": "2"}
    assert audited(model) == ([], 3)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [(findings(0.1, OTHER_SET), "STOP"), (findings(0.9, OTHER_SET, metrics=NO_NUMBER), "ERROR")],
    ids=["stop", "error"],
)
def test_a_deleted_champion_excuses_nothing_else(client, model, deleted, found, outcome):
    """Under cover of a mistake a model would pass that cannot be judged."""
    make_candidate(client, model, found=found)
    entry = ask(model, "2", accept="version 1 was deleted by mistake").entry
    assert (entry.decision, entry.outcome) == ("refused", outcome)


def test_a_deleted_champion_from_before_any_decision_stands_in_nobodys_way(client, model):
    """It has no evidence that could be read, and no alias that could be moved."""
    new_version(client, model)
    client.set_registered_model_alias(model, "champion", "1")
    make_candidate(client, model, 0.9)
    assert ask(model, "2").entry.outcome == "ERROR"
    client.delete_model_version(model, "1")
    assert ask(model, "2").entry.outcome == "INVESTIGATE"
    assert ask(model, "2", accept="version 1 is gone").promoted
    assert aliases(client, model) == {"champion": "2"}


def test_the_champions_gate_is_asked_where_no_other_is_named(client, reigning):
    """A candidate that brings its own, easier gate would be judged by that."""
    version = make_candidate(client, reigning, 0.95, gate=OTHER_GATE)
    entry = would(reigning, version.version)
    assert (entry.gate_text, entry.outcome) == (gate_text(GATE), "PASS")


def test_a_first_model_is_asked_by_the_gate_that_it_was_evaluated_for(client, model):
    make_candidate(client, model, gate=OTHER_GATE)
    assert would(model, "1").gate_text == gate_text(OTHER_GATE)


def test_a_copied_version_cannot_pass_by_what_its_tags_say(client, reigning):
    """MLflow copies a version's tags with it, and anybody can write them."""
    copy = client.copy_model_version(f"models:/{reigning}/1", "copied")
    assert copy.tags["gate.outcome"] == "PASS"
    entry = would("copied", "1")
    assert (entry.decision, entry.outcome) == ("refused", "ERROR")
    assert f"it is about {reigning} version 1" in entry.table


def test_evidence_can_be_named_in_place_of_what_the_version_says(client, reigning):
    """Two evaluations at once would else be judged by whichever wrote the tag last."""
    version = make_candidate(client, reigning, 0.95)
    put_on_record(client, version, new_version(client, reigning).run_id, findings(0.3))
    assert would(reigning, version.version).outcome == "STOP"
    entry = would(reigning, version.version, evidence=version.tags[TAG])
    assert (entry.outcome, entry.evidence) == ("PASS", version.tags[TAG])


def test_a_model_whose_files_were_exchanged_is_an_error(client, reigning, tmp_path):
    """What was evaluated is not what would be served."""
    source = client.get_model_version_download_uri(reigning, "1")
    folder = shutil.copytree(mlflow.artifacts.download_artifacts(source), tmp_path / "model")
    version = client.create_model_version(reigning, folder.as_uri())
    put_on_record(client, version, new_version(client, reigning).run_id, findings(0.95))
    assert would(reigning, version.version).outcome == "PASS"
    (folder / "loudest.py").write_text("")
    entry = would(reigning, version.version)
    assert entry.outcome == "ERROR"
    assert "its files changed" in entry.table


def test_a_run_that_was_written_over_is_an_error(client, reigning):
    """The UI shows the last value that was logged."""
    version = make_candidate(client, reigning, 0.95)
    mlflow.log_metric("test.accuracy", 1.0, run_id=version.run_id)
    entry = would(reigning, version.version)
    assert entry.outcome == "ERROR"
    assert "accuracy was 0.95, the run now says 1" in entry.table


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_a_champion_whose_evidence_was_changed_or_lost_is_an_error(client, model, champion, kind):
    """Left out of the comparison, it would lose to any model."""
    make_candidate(client, model, 0.95)
    (path,) = evidence_folder(client, model, "1").glob(f"*.{kind}")
    path.write_bytes(path.read_bytes() + b" ")
    changed = would(model, "2")
    path.unlink()
    lost = would(model, "2")
    assert (changed.outcome, lost.outcome) == ("ERROR", "ERROR")
    assert f"{path.name} was changed after it was sealed" in changed.table
    assert f"expected {path.name}, got none" in lost.table


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_a_candidate_whose_evidence_was_changed_is_not_judged(client, reigning, kind):
    version = make_candidate(client, reigning, 0.95)
    (path,) = evidence_folder(client, reigning, version.version).glob(f"*.{kind}")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(UserError, match="was changed after it was sealed"):
        ask(reigning, version.version)


def test_a_version_without_evidence_says_how_to_get_some(client, reigning):
    version = new_version(client, reigning)
    wanted = f"-e promote -P model={reigning} -P version={version.version} -P format="
    with pytest.raises(UserError, match=wanted):
        ask(reigning, version.version)


@pytest.mark.parametrize("version", ["777", "0", "-1", "abc", "", "1.0", "1; DROP TABLE runs"])
def test_a_version_that_is_not_there_is_one_line(client, reigning, version):
    before = chain.head(reigning)
    with pytest.raises(UserError, match=f"expected a version of {reigning}, got") as error:
        ask(reigning, version)
    assert "\n" not in str(error.value)
    assert chain.head(reigning).entry == before.entry


def test_a_model_that_is_not_there_is_one_line(client, model):
    with pytest.raises(UserError, match=f"expected a version of {model}, got '1'"):
        ask(model, "1")


@pytest.mark.parametrize("written", ["1", "01"])
def test_a_champion_cannot_become_champion(client, reigning, written):
    """It would be its own previous one, and there would be nothing to go back to."""
    with pytest.raises(UserError, match="version 1 is @champion already"):
        ask(reigning, written)
    assert aliases(client, reigning) == {"champion": "1"}


@pytest.mark.parametrize("written", ["02", "+2", " 2 ", "\u0662"])
def test_a_version_has_one_name_on_record_however_it_was_written(client, model, written):
    """Under a second name it could never be compared with, and no other be promoted any more."""
    for accuracy in (0.8, 0.9):
        make_candidate(client, model, accuracy)
    entry = ask(model, written).entry
    assert (entry.version, entry.champion_after) == ("2", "2")
    assert aliases(client, model) == {"champion": "2"}
    assert would(model, "1").champion_before == "2"


def test_a_reason_that_is_too_long_to_keep_changes_nothing(client, reigning):
    """MLflow would cut it without a word."""
    version, before = make_candidate(client, reigning, 0.95), chain.head(reigning)
    with pytest.raises(UserError, match="at most 8000 characters of reason, got 8001"):
        ask(reigning, version.version, gate=OTHER_GATE, accept="x" * 8001)
    assert aliases(client, reigning) == {"champion": "1"}
    assert chain.head(reigning).entry == before.entry


def test_a_judge_that_fails_changes_nothing_and_frees_the_lock(client, model, monkeypatch):
    make_candidate(client, model)

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(promotion, "judge", broken)
        with pytest.raises(RuntimeError):
            ask(model, "1")
    assert aliases(client, model) == {}
    assert ask(model, "1").promoted


def test_a_last_decision_that_was_changed_is_not_carried_out(client, model):
    """One tag would make any version champion at the next decision."""
    make_candidate(client, model, 0.9)
    make_candidate(client, model, 0.1)
    decided = ask(model, "1")
    client.set_tag(decided.run_id, "champion.after", "2")
    for again in (ask, would):
        with pytest.raises(UserError, match="as it was sealed"):
            again(model, "2")
    assert str(client.get_model_version_by_alias(model, "champion").version) == "1"
