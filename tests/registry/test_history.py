"""The decisions about a model as a person reads them."""

import sys
from collections.abc import Callable, Iterator

import pytest
from candidates import make_candidate
from local_store import local_store
from mlflow import MlflowClient

from projects.tracking import run_without_tracking
from registry import chain
from registry.entry import Entry
from registry.history import HEADER, HistoryConfig, history
from registry.promotion import Asked, promote
from registry.rollback import roll_back


@pytest.fixture(scope="module")
def store(tmp_path_factory, empty_database) -> Iterator[MlflowClient]:
    """Wrens with five decisions, owls that nobody decided about."""
    with local_store(empty_database, tmp_path_factory.mktemp("history")) as client:
        for accuracy in (0.8, 0.9, 0.1):
            version = make_candidate(client, "wrens", accuracy)
            promote(Asked("wrens", str(version.version), "ada"))
        roll_back("wrens", None, "fails | in\nrain", "eve")
        client.set_registered_model_alias("wrens", "champion", "3")
        promote(Asked("wrens", "2", "ada"))
        client.create_registered_model("owls")
        yield client


@pytest.fixture
def asked(store, monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs the entry point, and gives its exit code, output and error output."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["history", *arguments])
        code = 0
        try:
            run_without_tracking(HistoryConfig, history)
        except SystemExit as ended:
            code = ended.code
        return code, *capsys.readouterr()

    return run


def rows(table: str) -> list[dict[str, str]]:
    """The printed table, read back."""
    lines = [line for line in table.splitlines() if not line.startswith("|--")]
    cells = [line.strip("| ").replace("\\|", "\0").split(" | ") for line in lines]
    assert tuple(cell.strip() for cell in cells[0]) == HEADER
    return [
        {name: cell.strip().replace("\0", "|") for name, cell in zip(HEADER, row, strict=False)}
        for row in cells[1:]
    ]


def test_every_decision_is_a_row_with_the_way_of_the_champion(asked):
    """Which version served last Tuesday, and why, could not be answered."""
    code, table, _ = asked("--model", "wrens")
    assert code == 0
    found = [
        tuple(row[name] for name in ("who", "decision", "from", "to", "version", "verdict"))
        for row in rows(table)
    ]
    assert found == [
        ("ada", "promoted", "-", "1", "1", "PASS by test"),
        ("ada", "promoted", "1", "2", "2", "PASS by test"),
        ("ada", "refused", "2", "2", "3", "STOP by test"),
        ("eve", "rolled back", "2", "1", "1", "-"),
        ("ada", "promoted", "1", "2", "2", "PASS by test"),
    ]


def test_a_reason_stays_in_its_row_and_a_moved_alias_is_told(asked):
    """A line break in a reason would tear the table, and a move by hand go unseen."""
    fourth, fifth = rows(asked("--model", "wrens")[1])[3:]
    assert fourth["reason"] == "fails | in rain"
    assert fifth["reason"].startswith("@champion was on 3")


def test_a_row_leads_to_its_evidence_and_its_time(asked):
    """A person could not look up what a decision was made from."""
    for row, decided in zip(
        rows(asked("--model", "wrens")[1]), chain.decisions("wrens"), strict=True
    ):
        assert len(row["evidence"]) == 8
        assert decided.entry.evidence.startswith(row["evidence"])
        assert decided.entry.decided_at.startswith(row["when (UTC)"].replace(" ", "T"))


def test_a_decision_that_is_not_done_says_so(asked):
    """What was decided would be taken for what serves."""
    chain.append(Entry(model="eagles", version="1", decision="promoted", champion_after="1"), None)
    assert rows(asked("--model", "eagles")[1])[0]["decision"] == "promoted, not done yet"


def test_a_model_without_decisions_is_no_mistake(asked):
    assert asked("--model", "owls") == (0, "nothing was decided about owls yet\n", "")


@pytest.mark.parametrize("arguments", [(), ("--model", ""), ("--model", "wren")])
def test_a_model_that_is_not_there_is_one_line(asked, arguments):
    """An empty history of a misspelt name would be believed."""
    code, out, err = asked(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: model: expected ")
    assert err.count("\n") == 1
