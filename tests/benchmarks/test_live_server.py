"""A server that does not start is one line, and a slow one is waited for."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from benchmarks import live_server as module
from benchmarks.live_server import live_server
from projects.errors import UserError


def test_a_server_that_ends_is_not_waited_for(tmp_path, monkeypatch):
    """A person would wait for five minutes, and then not know why."""
    monkeypatch.setattr(module, "START_SECONDS", 60)
    with (
        pytest.raises(UserError, match=r"it ended with code 2: see .*log$") as error,
        live_server(tmp_path, ["--no-such-option"]),
    ):
        pass
    assert "\n" not in str(error.value)


@pytest.fixture
def slow_at_first() -> Iterator[str]:
    """The address of a server that leaves its first request without an answer."""
    asked, over = [], Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            if len(asked) == 1:
                over.wait()
            else:
                self.send_response(200)
                self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        over.set()
        server.shutdown()


def test_a_server_that_is_slow_to_answer_is_asked_again(slow_at_first):
    """While it imports, it may take a request and not answer it."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert module._answering(slow_at_first, process, Path("log")) == slow_at_first
    finally:
        process.communicate()
