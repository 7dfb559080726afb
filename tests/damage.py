"""What can happen to a store behind the registry's back, and what the audit then has to say."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from mlflow import MlflowClient

from registry import chain
from registry.dossier import evidence_run
from registry.entry import Entry


def sql(statement: str, *values: str) -> None:
    """What no client can do, done to the database in the working directory."""
    with closing(sqlite3.connect("mlflow.db")) as database, database:
        database.execute(statement, values)


def gone_for_good(run_id: str) -> None:
    """As `mlflow gc` leaves it."""
    for table in ("tags", "latest_metrics", "metrics", "params", "runs"):
        sql(f"DELETE FROM {table} WHERE run_uuid = ?", run_id)


def run_of(model: str, place: int) -> str:
    """Of a decision, the first is 1."""
    return chain.decisions(model)[place - 1].run.info.run_id


def entry_of(model: str, place: int) -> Entry:
    """What a decision says, the first is 1."""
    return chain.decisions(model)[place - 1].entry


def forged(model: str, place: int, **content: str) -> None:
    """Writes over a decision, and seals it anew."""
    entry = replace(entry_of(model, place), **content)
    for name, text in {**content, "digest": entry.sealed()}.items():
        MlflowClient().set_tag(run_of(model, place), name.replace("_", "."), text)


def evidence_file(model: str, place: int, suffix: str) -> Path:
    """A file that a decision was made from."""
    run = MlflowClient().get_run(evidence_run(entry_of(model, place).evidence))
    (file,) = Path(run.info.artifact_uri.removeprefix("file://"), "evidence").glob(f"*{suffix}")
    return file


def model_file() -> Path:
    """One that all versions of the store have in common."""
    (file,) = Path("mlruns").rglob("artifacts/loudest.py")
    return file


def assert_only(found: tuple[int, list[str]], *faults: str) -> None:
    """Those faults were found and no others; exit code 1."""
    code, lines = found
    assert code == 1
    assert len(lines) == len(faults), "\n".join(lines)
    for fault, line in zip(faults, lines, strict=True):
        assert fault in line
