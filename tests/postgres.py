"""A PostgreSQL server of its own for tests, on a free port of this machine."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from live_server import free_port

# PostgreSQL refuses to run as root, and CI is root; this user is on every Linux.
SERVANT = "nobody"
DEBIAN = Path("/usr/lib/postgresql")


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Runs a new, empty server while the block runs, and yields the URI of its database.

    The URI names its driver, for SQLAlchemy's own choice is psycopg 3; the server never asks for
    the password. The test is skipped where there is no PostgreSQL.
    """
    binaries = _binaries()
    with tempfile.TemporaryDirectory(prefix="syrinx-postgresql-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, SERVANT, pwd.getpwnam(SERVANT).pw_gid)
        data, port = f"{folder}/data", free_port()
        options = f"-h 127.0.0.1 -p {port} -F -c unix_socket_directories="
        server = [binaries / "pg_ctl", "-D", data]
        initdb = [binaries / "initdb", "-D", data, "--username=syrinx", "--auth=trust", "--no-sync"]
        _run([*initdb, "--locale=C", "--encoding=UTF8"], folder)
        _run([*server, "-l", f"{folder}/log", "-o", options, "--wait", "start"], folder)
        try:
            yield f"postgresql+psycopg://syrinx:secret@127.0.0.1:{port}/postgres"
        finally:
            _run([*server, "--mode=immediate", "stop"], folder)


def _binaries() -> Path:
    on_path = shutil.which("pg_ctl")
    found = [Path(on_path)] if on_path else sorted(DEBIAN.glob("*/bin/pg_ctl"))
    if not found:
        pytest.skip(f"no PostgreSQL server: pg_ctl is neither on PATH nor under {DEBIAN}")
    return found[-1].resolve().parent


def _run(command: list[Path | str], folder: str) -> None:
    servant = SERVANT if os.geteuid() == 0 else None
    done = subprocess.run(
        command,
        cwd=folder,
        user=servant,
        group=pwd.getpwnam(SERVANT).pw_gid if servant else None,
        extra_groups=[] if servant else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    log = Path(folder, "log")
    assert done.returncode == 0, done.stdout + (log.read_text() if log.exists() else "")
