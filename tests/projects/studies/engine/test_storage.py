"""Where studies are kept, and what becomes of one that does not answer."""

import multiprocessing
import sqlite3
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path

import optuna
import pytest
import sqlalchemy
from optuna.exceptions import StorageInternalError
from postgres import running_postgresql

from projects.errors import UserError
from projects.studies.engine.storage import open_storage, storage_errors


def open_at_once(url: str, together: Barrier) -> None:
    together.wait()
    open_storage(url)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_postgresql() as uri:
        yield uri


@pytest.mark.parametrize(
    "spelling", ["sqlite:///mlflow.db", "sqlite:///./mlflow.db", "sqlite:///mlflow.db?timeout=9"]
)
def test_mlflows_database_is_refused_however_it_is_spelt(url, spelling):
    """Both would find the other's version of the tables, and neither would open again."""
    with pytest.raises(UserError, match="expected a database of its own, got MLflow's"):
        open_storage(spelling)
    with sqlite3.connect("mlflow.db") as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name='studies'").fetchall()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("optuna.db", "got optuna.db"),
        ("sqlite://", "got sqlite://"),
        ("redis://me:hunter2@host/0", "got redis://me:\\*\\*\\*@host/0"),
        ("postgresql://me:hunter2@127.0.0.1:1/studies", "Connection refused"),
        ("sqlite:///text.db", "file is not a database"),
    ],
)
def test_an_address_that_cannot_be_opened_is_one_line_without_its_password(
    tmp_path, monkeypatch, address, told
):
    monkeypatch.chdir(tmp_path)
    Path("text.db").write_text("no database, but long enough to be taken for one\n" * 99)
    with pytest.raises(UserError, match=told) as refused:
        open_storage(address)
    assert "\n" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_readers_of_a_file_do_not_wait_for_a_writer(url):
    """A worker in the middle of a write would hold up the figures of another."""
    study = optuna.create_study(storage=open_storage(url))
    with sqlite3.connect(url.removeprefix("sqlite:///")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert study.trials == []
        writer.rollback()


def test_a_lost_heartbeat_is_told_and_the_next_one_is_tried(url, caplog, monkeypatch):
    """One busy minute of the database would end the heart, and the trial be taken for dead."""
    storage = open_storage(url)
    study = optuna.create_study(storage=storage)
    trial_id = storage.create_new_trial(study._study_id)
    beat = optuna.storages.RDBStorage.record_heartbeat

    def busy(self, trial_id: int) -> None:
        raise StorageInternalError("database is locked")

    monkeypatch.setattr(optuna.storages.RDBStorage, "record_heartbeat", busy)
    storage.record_heartbeat(trial_id)
    assert "no heartbeat, database is locked" in caplog.text
    monkeypatch.setattr(optuna.storages.RDBStorage, "record_heartbeat", beat)
    storage.record_heartbeat(trial_id)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as reader:
        assert len(reader.execute("SELECT * FROM trial_heartbeats").fetchall()) == 1


def test_a_database_that_breaks_under_the_work_is_one_line(url):
    """A traceback of sixty lines would stand where the user needs the reason."""
    study = optuna.create_study(storage=open_storage(url))
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP TABLE trials")
    with pytest.raises(UserError, match="no such table: trials") as told, storage_errors():
        study.ask()
    assert "\n" not in str(told.value)


def test_two_workers_may_make_the_tables_in_the_same_second(server, tmp_path):
    """The second worker of a new study would end with `table already exists`."""
    with sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sqlalchemy.text("CREATE DATABASE studies"))
    new = [f"sqlite:///{tmp_path / 'new.db'}", server.replace("/postgres", "/studies")]
    for url in new:
        # Forked, for what they import takes long.
        context = multiprocessing.get_context("fork")
        together = context.Barrier(3)
        workers = [context.Process(target=open_at_once, args=(url, together)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0, 0]


def test_a_server_is_reached_by_the_driver_that_is_installed_and_keeps_universal_time(server):
    """Once a year, when the clocks are set forward, every worker would be taken for dead."""
    storage = open_storage(server.replace("postgresql+psycopg:", "postgresql:"))
    with storage.engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SHOW timezone")) == "UTC"
