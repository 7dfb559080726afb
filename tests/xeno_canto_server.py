"""A small Xeno-canto on this machine: its API and its sound, with faults on demand."""

import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "secret-key-0123"


def entry(number: int, server: str = "https://xeno-canto.org", **other: object) -> dict:
    """A recording as version 3 of the API describes it."""
    return {
        "id": str(number),
        "gen": "Turdus",
        "sp": "merula",
        "ssp": "",
        "grp": "birds",
        "en": "Common Blackbird",
        "rec": f"Ada {number % 3}",
        "cnt": "Norway",
        "loc": "Oslo, Østmarka",
        "lat": "59.9",
        "lon": "10.7",
        "type": "song",
        "url": f"//xeno-canto.org/{number}",
        "file": f"{server}/{number}/download",
        "file-name": f"XC{number}-Amsel.mp3",
        "sono": {"small": "//xeno-canto.org/sono.png"},
        "lic": "//creativecommons.org/licenses/by-nc-sa/4.0/",
        "q": "A",
        "length": "1:03",
        "time": "05:30",
        "date": "2024-05-01",
        "also": ["Parus major", "Sylvia atricapilla"],
        **other,
    }


class XenoCanto:
    """What the server holds, what it shall do wrong, and what it was asked.

    Attributes:
        sounds: Bytes by number.
        faults: By path, what goes wrong with its first requests: a status, or "cut" (half of the
            body), "long" (a longer body is promised), "stranger" (another part than asked for),
            "page" (HTML).
        headers: Of answers with these statuses.
        page_size: Recordings on a page at most.
        asked: Path, query and headers of each request.
    """

    def __init__(self, numbers: range = range(1, 6), page_size: int = 2) -> None:
        self.sounds = {n: bytes([n % 251]) * (50_000 + n) for n in numbers}
        self.entries = {n: {} for n in numbers}
        self.faults: dict[str, list[int | str]] = defaultdict(list)
        self.headers: dict[int, dict[str, str]] = {}
        self.page_size = page_size
        self.tag = '"v1"'
        self.asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = []
        self.address = ""

    @property
    def api(self) -> str:
        return f"{self.address}/api/3/recordings"

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def page(self, number: int) -> dict:
        numbers = sorted(self.entries)
        chosen = numbers[(number - 1) * self.page_size : number * self.page_size]
        return {
            "numRecordings": str(len(numbers)),
            "numSpecies": "1",
            "page": number,
            "numPages": -(-len(numbers) // self.page_size),
            "recordings": [entry(n, self.address, **self.entries[n]) for n in chosen],
        }


@contextmanager
def running(site: XenoCanto) -> Iterator[XenoCanto]:
    """Serves it from a thread, on a free port."""
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    site: XenoCanto

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        self.site.asked.append((parts.path, query, dict(self.headers)))
        faults = self.site.faults[parts.path]
        fault = faults.pop(0) if faults else None
        if isinstance(fault, int):
            self._answer(fault, b"{}", **self.site.headers.get(fault, {}))
        elif parts.path == "/api/3/recordings":
            self._page(query)
        else:
            number = int(parts.path.split("/")[1])
            self._sound(self.site.sounds.get(number), fault)

    def _page(self, query: dict[str, list[str]]) -> None:
        if query.get("key") != [KEY]:
            said = {"error": "unauthorised", "message": f"bad key {query.get('key')}"}
            self._answer(401, json.dumps(said).encode())
            return
        page = self.site.page(int(query["page"][0]))
        self._answer(200, json.dumps(page).encode(), **{"Content-Type": "application/json"})

    def _sound(self, sound: bytes | None, fault: str | None) -> None:
        if sound is None:
            self._answer(404, b"gone")
            return
        if fault == "page":
            self._answer(200, b"<html>log in</html>", **{"Content-Type": "text/html; charset=x"})
            return
        headers = {"Content-Type": "audio/mpeg", "ETag": self.site.tag}
        begin, status = 0, 200
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and self.headers.get("If-Range") == self.site.tag:
            begin, status = int(asked[1]), 206
        if status == 206 and begin >= len(sound):
            self._answer(416, b"")
            return
        if fault == "stranger":
            status, begin = 206, 7
        if status == 206:
            headers["Content-Range"] = f"bytes {begin}-{len(sound) - 1}/{len(sound)}"
        body = sound[begin:]
        length = len(body) + 10 if fault == "long" else len(body)
        sent = body[: len(body) // 2] if fault == "cut" else body
        self._answer(status, sent, length, **headers)

    def _answer(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
