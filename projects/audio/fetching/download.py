"""One file fetched whole, going on with what a cut connection or a killed run left of it."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import requests

from projects.audio.fetching.polite import Polite, RefusedError, StumbleError

_PIECE = 1 << 14
"""Bytes; a cut connection loses at most so many of those that came."""


def download(polite: Polite, address: str, path: Path, largest: int) -> None:
    """Fetches a file; at `path` it is whole or absent.

    What has come is kept in a hidden file beside it, and gone on with where the server says that
    the file is still the same (RFC 9110, If-Range).

    Args:
        polite: Makes the requests.
        address: http or https.
        path: Where the file shall stand.
        largest: Most bytes.

    Raises:
        RefusedError: It is not there, not sound, too large, or the address is no http(s).
        StumbleError: It did not come whole in several attempts.
        FetchError: The server asks for a long pause.
    """
    if urlsplit(address).scheme not in {"http", "https"}:
        raise RefusedError(f"expected an address with http or https, got {address!r}")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _Partial(path)
    try:
        polite.tried(lambda: _attempt(polite, address, partial, largest))
    except RefusedError:
        partial.drop()
        raise
    partial.finish()


class _Partial:
    """What has come of a file, and the server's name for the file's state then."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.with_name(f".{path.name}.partial")
        self._state = path.with_name(f".{path.name}.state")

    def size(self) -> int:
        return self.data.stat().st_size if self.data.exists() else 0

    def range(self) -> dict[str, str]:
        """Headers that ask for the rest, or for all where it may have changed unseen."""
        state = self._state.read_text(encoding="latin-1") if self._state.exists() else ""
        if not (state and self.size()):
            return {}
        return {"Range": f"bytes={self.size()}-", "If-Range": state}

    def begin(self, state: str) -> None:
        self.drop()
        self._state.write_text(state, encoding="latin-1")

    def drop(self) -> None:
        self.data.unlink(missing_ok=True)
        self._state.unlink(missing_ok=True)

    def finish(self) -> None:
        with self.data.open("rb+") as file:
            os.fsync(file.fileno())
        self.data.replace(self.path)
        self.drop()


def _attempt(polite: Polite, address: str, partial: _Partial, largest: int) -> None:
    with polite.answer(address, headers=partial.range()) as response:
        _check_is_sound(response)
        if not _goes_on(response, partial.size()):
            if response.status_code != 200:
                partial.drop()
                raise StumbleError("another part came than was asked for")
            partial.begin(_state_of(response))
        length = response.headers.get("Content-Length", "")
        whole = partial.size() + int(length) if length.isdecimal() else None
        if whole is not None and whole > largest:
            raise _too_large(largest)
        with partial.data.open("ab") as file:
            for piece in response.iter_content(_PIECE):
                file.write(piece)
                if file.tell() > largest:
                    raise _too_large(largest)
    if whole is not None and partial.size() != whole:
        raise StumbleError(f"{partial.size()} of {whole} bytes came")
    if not partial.size():
        raise RefusedError("an empty file came")


def _goes_on(response: requests.Response, have: int) -> bool:
    part = response.headers.get("Content-Range", "")
    return response.status_code == 206 and part.startswith(f"bytes {have}-")


def _check_is_sound(response: requests.Response) -> None:
    if response.status_code >= 400 and response.status_code != 416:
        raise RefusedError(f"HTTP {response.status_code}")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.ok and (kind.startswith("text/") or kind == "application/json"):
        raise RefusedError(f"expected sound, got {kind}")


def _state_of(response: requests.Response) -> str:
    tag = response.headers.get("ETag", "")
    # A weak tag says only that the content means the same.
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")


def _too_large(largest: int) -> RefusedError:
    return RefusedError(f"larger than {largest / 1e6:g} MB (largest)")
