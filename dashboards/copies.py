"""The pages as files: each copied once, and what it shows and leads to with it."""

import hashlib
import logging
from collections import deque
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, urlencode, urlsplit

import mlflow
from flask import Flask
from tqdm import tqdm
from werkzeug.exceptions import HTTPException

from dashboards import mlflow_ui
from dashboards.copied_html import copied_html
from dashboards.files import FILES, endpoint, read
from dashboards.pages import COPIED, NAME, PAGES, add_pages
from projects.errors import UserError

START, HTML = "index.html", ".html"
DIGITS = 16

logger = logging.getLogger(__name__)


class Copies:
    """Copies pages into a folder.

    No name from a store is part of a file's name: that is the page's own and a digest of what is
    asked of it.
    """

    def __init__(self, folder: Path) -> None:
        app = Flask("pages to be copied")
        app.config[COPIED] = datetime.now(UTC)
        add_pages(app)
        self._folder = folder
        self._browser = app.test_client()
        self._routes = app.url_map.bind("localhost")
        self._pages = {page.endpoint: page for page in PAGES if page.copied is not None}
        self._static = {f"{NAME}.{endpoint(name)}": name for name in FILES}
        self._files: dict[str, str | None] = {}
        self._waiting: deque[str] = deque()

    def copy(self) -> int:
        """Copies the leaderboard and all that can be reached from it.

        Returns:
            How many files were written.

        Raises:
            UserError: The leaderboard itself could not be made.
        """
        for page in PAGES:
            if page.menu:
                self.link(self._address(page.endpoint))
        with tqdm(desc="copying", unit="page") as bar:
            while self._waiting:
                address = self._waiting.popleft()
                self._copy_page(address, str(self._files[address]))
                bar.total = bar.n + 1 + len(self._waiting)
                bar.update()
        return sum(name is not None for name in self._files.values())

    def link(self, address: str) -> str | None:
        """Where an address of a page goes in the copies, None for what needs the server."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            return address
        if parts.path == mlflow_ui.home():
            server = _server()
            return f"{server}/#{parts.fragment}" if server else None
        try:
            found, _ = self._routes.match(parts.path)
        except HTTPException:
            return None
        if found in self._static:
            return self._asset(self._static[found])
        asked = parse_qsl(parts.query)
        page = self._pages.get(found)
        if page is None or any(key not in (page.copied or ()) for key, _ in asked):
            return None
        # A blank in a name has two spellings.
        query = urlencode(asked)
        address = f"{parts.path}?{query}" if query else parts.path
        if address not in self._files:
            self._files[address] = _name(page.path, query)
            self._take(address, PurePosixPath(page.path).suffix)
        return self._files[address]

    def _take(self, address: str, suffix: str) -> None:
        """Has a page wait until its turn, and copies a file at once."""
        if not suffix:
            self._waiting.append(address)
            return
        answer = self._browser.get(address)
        if answer.status_code == 200:
            self._write(str(self._files[address]), answer.data)
        else:
            logger.warning("not copied: status %d for %s", answer.status_code, address[:200])
            self._files[address] = None

    def _copy_page(self, address: str, name: str) -> None:
        answer = self._browser.get(address)
        if answer.status_code != 200:
            if name == START:
                raise UserError(
                    f"expected a leaderboard, got status {answer.status_code}: see above"
                )
            # What is copied says in a line what is wrong.
            logger.warning("status %d for %s", answer.status_code, address[:200])
        self._write(name, copied_html(answer.text, self.link).encode())

    def _asset(self, name: str) -> str:
        path = f"static/{name}"
        if path not in self._files:
            self._files[path] = path
            self._write(path, read(name).content)
        return path

    def _write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    def _address(self, name: str) -> str:
        return self._routes.build(name)


def _name(path: str, query: str) -> str:
    """Of the file of one of `PAGES`."""
    plain = PurePosixPath(path)
    stem, suffix = plain.stem, plain.suffix or HTML
    if query:
        digest = hashlib.sha256(query.encode()).hexdigest()[:DIGITS]
        stem = f"{stem or 'leaderboard'}-{digest}"
    if suffix != HTML:
        return f"sounds/{stem}{suffix}"
    return f"{stem}{suffix}" if stem else START


def _server() -> str:
    """Address of MLflow's server without what signs in there, empty where it is tracked to none."""
    parts = urlsplit(mlflow.get_tracking_uri())
    if parts.scheme not in ("http", "https"):
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
