"""Styles and scripts, from this machine only."""

import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Response, request, url_for

OURS = Path(__file__).parent / "static"
A_YEAR = 365 * 24 * 3600


def _plotly() -> Path:
    spec = find_spec("plotly")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


FILES = {path.name: path for path in (*sorted(OURS.iterdir()), _plotly())}
"""Name to path of all that is served; what is asked for is only ever looked up here."""


@dataclass(frozen=True)
class File:
    """A file's content and its digest."""

    content: bytes
    digest: str


@cache
def read(name: str) -> File:
    """One of `FILES`, as it was when it was first asked for."""
    content = FILES[name].read_bytes()
    return File(content, hashlib.sha256(content).hexdigest()[:16])


def address(name: str) -> str:
    """Where a file is; another address once it has changed, so that it may be kept for long."""
    return url_for(f"syrinx.{endpoint(name)}", v=read(name).digest)


def endpoint(name: str) -> str:
    """Under which name Flask knows a file; it takes no dots."""
    return f"file {name}".replace(".", " ")


def file_view(name: str) -> Callable[[], Response]:
    """What answers with a file."""

    def answer() -> Response:
        file = read(name)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = Response(file.content, mimetype=kind)
        response.set_etag(file.digest)
        if request.args.get("v") == file.digest:
            response.cache_control.max_age = A_YEAR
            response.cache_control.immutable = True
        response.make_conditional(request)
        return response

    return answer
