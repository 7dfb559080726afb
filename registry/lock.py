"""One lock for each thing of a name, as a registered model, kept where its store is kept."""

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, NullPool, create_engine, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from projects.errors import UserError

WAIT_SECONDS = 300.0
DRIVER = "postgresql+psycopg"
LOCK_TIMEOUT = "55P03"  # PostgreSQL's lock_not_available

HOLDER = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND (classid::bigint << 32 | objid::bigint) = :key"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@contextmanager
def locked(store_uri: str, name: str, kind: str = "model") -> Iterator[None]:
    """Holds the lock on what has that name, over all who share the store.

    For SQLite it is a lock on a file beside the database, for PostgreSQL an advisory lock of a
    session of its own (through a pooler, that needs session pooling). Both end with the process
    that holds them, however it ends. It is not reentrant: whoever holds it and asks for it again
    waits in vain and gets the error.

    Args:
        store_uri: Of the database that holds it, `sqlite:///...` or `postgresql://...`.
        name: Of the registered model, or of another thing that the store alone holds.
        kind: What that is, as messages call it.

    Raises:
        UserError: Another kind of store; the lock was not had within `WAIT_SECONDS`; the server
            does not answer; or it ended the session, and so the lock, before the block's end.
    """
    url = _read(store_uri)
    match url.get_backend_name(), url.database or ":memory:":
        case "postgresql", _:
            held = _held_on_server(url, name, f"the {kind} {name}")
        case "sqlite", database if not database.startswith((":memory:", "file:")):
            held = _held_beside(Path(database), name, f"the {kind} {name}")
        case _:
            raise _refused(_shown(url))
    with held:
        yield


def _read(store_uri: str) -> URL:
    scheme = store_uri.partition(":")[0]
    try:
        url = make_url(store_uri)
    except (ArgumentError, ValueError):
        raise _refused(scheme) from None
    if "@" in (url.host or ""):
        # What stands before it is the end of a password, which no message may show.
        raise _refused(f"{scheme} with an @ in its password, which must be written %40")
    return url


def _refused(got: str) -> UserError:
    return UserError(
        f"a store that several share needs a lock: expected it at sqlite:///FILE or "
        f"postgresql://HOST/DATABASE, got {got}: use one of these as the store's URI"
    )


def _shown(url: URL) -> str:
    # A password may stand among the query's parameters as well.
    return url.set(query={}).render_as_string(hide_password=True)


def _waited(what: str, holder: str) -> UserError:
    return UserError(
        f"expected the lock on {what} within {WAIT_SECONDS:g} s, but it is held by "
        f"{holder}: try again when that has ended, or stop it"
    )


@contextmanager
def _held_beside(database: Path, name: str, what: str) -> Iterator[None]:
    # Resolved, so that all names of the one file lead to the one lock.
    file = database.resolve()
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    # Where files cannot be locked, filelock would turn to a marker that outlives a killed process.
    lock = FileLock(
        file.with_name(f"{file.name}.{digest}.lock"), timeout=WAIT_SECONDS, fallback_to_soft=False
    )
    try:
        lock.acquire()
    except Timeout:
        raise _waited(what, f"the process that `lslocks` shows for {lock.lock_file}") from None
    except OSError as error:
        raise UserError(
            f"expected to write and lock {lock.lock_file}, got: {error.strerror}: "
            f"see that you may write in the database's folder, and that it can lock files"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _held_on_server(url: URL, name: str, what: str) -> Iterator[None]:
    # Else a transaction stays open while a model is judged, and the server cannot clean up.
    engine = create_engine(
        url.set(drivername=DRIVER),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"application_name": f"process {os.getpid()} on {socket.gethostname()}"},
    )
    key = int.from_bytes(hashlib.sha256(f"syrinx\n{name}".encode()).digest()[:8], signed=True)
    cannot = f"cannot lock {what} in {_shown(url)}"
    with _server_errors(cannot):
        connection = engine.connect()
    with connection:
        with _server_errors(cannot):
            _wait(connection, what, key)
        try:
            yield
        finally:
            with _server_errors(f"the lock on {what} ended before the work under it"):
                connection.execute(select(func.pg_advisory_unlock(key)))


@contextmanager
def _server_errors(what: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        raise UserError(f"{what}: {reason}: see that the server runs, and try again") from error


def _wait(connection: Connection, what: str, key: int) -> None:
    milliseconds = f"{1000 * WAIT_SECONDS:.0f}"
    connection.execute(select(func.set_config("lock_timeout", milliseconds, False)))
    try:
        connection.execute(select(func.pg_advisory_lock(key)))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_TIMEOUT:
            raise
        holder = connection.scalar(HOLDER, {"key": key})
        raise _waited(what, holder or "one that has just ended") from None
