"""One lock for each model, against real processes, files and a real PostgreSQL server."""

import errno
import fcntl
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy
from conftest import environment
from postgres import running_postgresql

from projects.errors import UserError
from registry.lock import locked

HOLD = """
import sys
from registry.lock import locked
with locked(sys.argv[1], sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""

COUNT = """
import pathlib, sys, time
from registry.lock import locked
counter = pathlib.Path(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(25):
    with locked(sys.argv[1], "model"):
        count = int(counter.read_text())
        time.sleep(0.005)
        counter.write_text(str(count + 1))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_postgresql() as uri:
        yield uri


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mlflow.db'}"
    return request.getfixturevalue("server")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.lock.WAIT_SECONDS", 0.2)


@contextmanager
def process(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process that has said its first word; at the block's end its standard input closes."""
    running = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with running:
        assert running.stdout.readline()
        yield running


def ask(server: str, query: str) -> list[sqlalchemy.Row]:
    engine = sqlalchemy.create_engine(server, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        return list(connection.execute(sqlalchemy.text(query)))


def test_processes_that_hold_the_lock_in_turn_lose_no_update(store, tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")
    with process(COUNT, store, counter) as one, process(COUNT, store, counter) as other:
        for each in (one, other):
            each.stdin.write("go\n")
            each.stdin.flush()
        assert (one.wait(), other.wait()) == (0, 0)
    assert counter.read_text() == "50"


def test_who_waits_too_long_is_told_for_what_in_one_line(store, impatient):
    with (
        process(HOLD, store, "species classifier") as holder,
        pytest.raises(UserError, match=r"model species classifier within 0\.2 s") as told,
        locked(store, "species classifier"),
    ):
        pass
    assert "\n" not in str(told.value)
    if store.startswith("postgresql"):
        assert f"held by process {holder.pid} on {socket.gethostname()}: " in str(told.value)
    else:
        file = store.removeprefix("sqlite:///")
        assert re.search(rf"`lslocks` shows for {file}\.[0-9a-f]{{16}}\.lock: ", str(told.value))


def test_a_killed_holder_frees_the_lock(store, impatient, monkeypatch):
    """Else nothing could be promoted any more after a crash."""
    with process(HOLD, store, "model") as holder:
        with pytest.raises(UserError), locked(store, "model"):
            pass
        holder.kill()
        holder.wait()
        monkeypatch.setattr("registry.lock.WAIT_SECONDS", 30)
        with locked(store, "model"):
            pass


def test_the_lock_of_another_model_is_free(store, impatient):
    with process(HOLD, store, "model"), locked(store, "another"):
        pass


def test_a_block_that_fails_frees_the_lock_and_its_error_comes_through(store, impatient):
    with pytest.raises(ZeroDivisionError), locked(store, "model"):
        1 / 0  # noqa: B018
    with locked(store, "model"):
        pass


def test_asking_again_for_a_lock_that_one_holds_is_an_error_not_a_second_lock(store, impatient):
    with locked(store, "model"), pytest.raises(UserError), locked(store, "model"):
        pass


@pytest.mark.parametrize(
    "spelling",
    [
        "sqlite:///mlflow.db",
        "sqlite:///./folder/../mlflow.db",
        "sqlite:///link.db",
        "sqlite:///folder/up/mlflow.db",
        "sqlite:///mlflow.db?timeout=5",
        "sqlite+pysqlite:///mlflow.db",
    ],
)
def test_all_names_of_a_database_file_lead_to_one_lock(tmp_path, monkeypatch, impatient, spelling):
    """Else two people who name the same store in their own way promote at once."""
    (tmp_path / "mlflow.db").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/up").symlink_to(tmp_path)
    (tmp_path / "link.db").symlink_to("mlflow.db")
    monkeypatch.chdir(tmp_path)
    absolute = f"sqlite:///{tmp_path}/mlflow.db"
    held_by = pytest.raises(UserError, match="held by")
    with locked(absolute, "model"), held_by, locked(spelling, "model"):
        pass


def test_all_names_of_a_server_lead_to_one_lock(server, impatient):
    spelling = server.replace("postgresql+psycopg:", "postgresql:").replace(
        "127.0.0.1", "localhost"
    )
    held_by = pytest.raises(UserError, match="held by")
    with locked(server, "model"), held_by, locked(spelling, "model"):
        pass


def test_a_folder_whose_files_cannot_be_locked_is_refused(tmp_path, monkeypatch):
    """A marker file in place of a lock would outlive a killed process."""

    def missing(*_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", missing)
    store = f"sqlite:///{tmp_path}/mlflow.db"
    with pytest.raises(UserError, match="Function not implemented"), locked(store, "model"):
        pass


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("http://me:hunter2@server:5000", r"got http://me:\*\*\*@server:5000"),
        ("mysql+pymysql://me:hunter2@server/mlflow", r"got mysql\+pymysql://me:\*\*\*@server"),
        ("mssql://server/mlflow?password=hunter2", "got mssql://server/mlflow: "),
        ("postgresql://me:hun@ter2@server/mlflow", "an @ in its password"),
        ("postgresql://me:hunter2@server:hunter2/mlflow", "got postgresql: "),
        ("file:///mlruns", "got file:///mlruns: "),
        ("./mlruns", r"got \./mlruns: "),
        ("databricks", "got databricks: "),
        ("sqlite://", "got sqlite://: "),
        ("sqlite:///:memory:", "got sqlite:///"),
        ("sqlite:///file:mlflow.db?mode=ro&uri=true", "got sqlite:///"),
    ],
)
def test_a_store_that_cannot_be_locked_is_refused_without_its_password(uri, shown):
    with pytest.raises(UserError, match=shown) as refused, locked(uri, "model"):
        pass
    assert "\n" not in str(refused.value)
    assert "ter2" not in str(refused.value)
    assert "sqlite:///FILE or postgresql://HOST/DATABASE" in str(refused.value)


def test_a_server_that_does_not_answer_is_an_error_of_one_line_without_its_password():
    uri = "postgresql://me:hunter2@127.0.0.1:1/mlflow?password=hunter2"
    with pytest.raises(UserError, match="Connection refused") as refused, locked(uri, "model"):
        pass
    assert "\n" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_lock_on_a_server_keeps_no_transaction_open(server):
    """Else the server cannot clean up its tables for as long as a model is judged."""
    holders = "pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory'"
    with locked(server, "model"):
        assert ask(server, f"SELECT state FROM {holders}") == [("idle",)]
    assert ask(server, f"SELECT state FROM {holders}") == []


def test_a_lock_on_a_server_leaves_no_session(server):
    """Else a long campaign uses up the server's sessions."""
    with locked(server, "model"):
        pass
    others = "client_port IS NOT NULL AND pid <> pg_backend_pid()"
    for _ in range(100):
        left = ask(server, f"SELECT application_name FROM pg_stat_activity WHERE {others}")
        if not left:
            break
        time.sleep(0.1)  # the server ends a closed session in its own time
    assert left == []


def test_a_lock_that_the_server_ended_under_the_work_is_told(server):
    """Another may have promoted meanwhile: the work must not look as if it had been alone."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    lost = pytest.raises(UserError, match="ended before the work under it")
    with lost, locked(server, "model"):
        ask(server, end)
