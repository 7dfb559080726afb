"""The audit as a person runs it, on a store in order and on one with faults."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from damage import entry_of, evidence_file, run_of
from local_store import local_store

from registry import chain
from registry.audit import AuditConfig, audit
from registry.audit import audited as audited_model
from registry.promotion import Asked, promote
from registry.rollback import roll_back


def test_a_registry_in_order_has_no_faults(audited):
    """An alarm that always rings is turned off."""
    assert audited() == (0, ["no faults in 2 models, 4 decisions checked"])


def test_a_new_store_has_no_faults(tmp_path, empty_database, capsys):
    """The first who tries the audit would meet an error."""
    with local_store(empty_database, tmp_path):
        audit(AuditConfig())
    assert capsys.readouterr().out == "no faults in 0 models, 0 decisions checked\n"


def test_what_rollbacks_refusals_and_returns_leave_is_in_order(damaged, audited):
    """Each rollback would be reported as a moved alias or a missing promotion."""
    roll_back("wrens", None, "worse in rain", "ada")
    promote(Asked("wrens", "3", "ada"))
    roll_back("wrens", "2", "better in rain", "ada")
    promote(Asked("wrens", "1", "ada"))
    assert audited() == (0, ["no faults in 2 models, 8 decisions checked"])


def test_an_audit_changes_nothing(damaged, audited):
    """A person who only asks would move the evidence that he asks about."""

    def content() -> tuple[list[str], dict[Path, str]]:
        with closing(sqlite3.connect("mlflow.db")) as database:
            rows = list(database.iterdump())
        files = (path for path in Path("mlruns").rglob("*") if path.is_file())
        return rows, {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    damaged.set_registered_model_alias("wrens", "champion", "3")
    chain.append(replace(entry_of("owls", 1), reason="undone"), entry_of("owls", 1))
    before = content()
    assert audited()[0] == 1
    assert content() == before


def test_one_model_can_be_asked_about(damaged, audited):
    damaged.delete_registered_model_alias("wrens", "champion")
    assert audited("--model", "owls") == (0, ["no faults in 1 model, 1 decision checked"])
    assert audited("--model", "wrens")[0] == 1
    assert audited("--model", "")[0] == 1


def test_a_model_that_is_not_there_is_no_clean_model(audited):
    """`no faults` about a misspelt name would be believed."""
    code, lines = audited("--model", "wren")
    assert code == 2
    assert lines == []


def test_no_fault_hides_another(audited, damaged):
    """One broken model, and the others are no longer looked at."""
    evidence_file("owls", 1, ".json").write_bytes(b"\xff")
    damaged.set_tag(run_of("owls", 1), "sequence", "")
    damaged.create_registered_model("Ada's")
    damaged.create_registered_model('Ada\'s "owls"')
    damaged.set_registered_model_alias("wrens", "previous", "3")
    code, lines = audited()
    assert code == 1
    for fault in (
        '| Ada\'s "owls" | cannot be checked: UserError: expected a name that can be quoted',
        "| owls | its place is not a number",
        "| owls | evidence in run",
        "| wrens | moved behind our back: on version 3, decision 3 says version 1 | @previous",
    ):
        assert any(fault in line for line in lines), fault
    assert not any("| Ada's |" in line for line in lines)


@pytest.mark.slow
def test_a_server_can_be_audited_from_afar(client, reigning):
    """Who has no access to the database could not check what is promoted to him."""
    assert audited_model(reigning) == ([], 2)
