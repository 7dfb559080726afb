"""Xeno-canto's API, version 3: the pages that answer a query."""

import os
import re
from dataclasses import dataclass
from typing import Any

from projects.audio.fetching.polite import FetchError, Polite, RefusedError, StumbleError
from projects.audio.xeno_canto.columns import text_of
from projects.audio.xeno_canto.pages import parsed_page
from projects.errors import UserError

KEY_VARIABLE = "XENO_CANTO_KEY"
MOST_A_PAGE = 500
FEWEST_A_PAGE = 50
"""What the API takes as `per_page`."""


def api_key() -> str:
    """The key, out of the environment: as a parameter it would stand in the MLflow run.

    Raises:
        UserError: There is none.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise UserError(
            f"expected an API key in the environment variable {KEY_VARIABLE}, got none: "
            "your account page at https://xeno-canto.org/account shows yours"
        )
    return key


@dataclass(frozen=True)
class Api:
    """Asks one address with one key.

    Attributes:
        address: Such as https://xeno-canto.org/api/3/recordings.
        key: The user's; it stands in no error and no file.
        polite: Makes the requests.
    """

    address: str
    key: str
    polite: Polite

    def pages(self, query: str, limit: int) -> list[dict[str, Any]]:
        """Asks for pages until there are `limit` recordings or no more.

        Args:
            query: As in Xeno-canto's advanced search, such as `sp:"turdus merula" q:A`.
            limit: Most recordings.

        Returns:
            The pages as the API gives them, the last one cut to the limit; `numPages` counts
            those here, and `numRecordings` is the first page's.

        Raises:
            FetchError: The API refuses, cannot be reached or gives something else than pages.
        """
        pages: list[dict[str, Any]] = []
        left = limit
        while left > 0:
            page = self._page(query, len(pages) + 1, min(max(limit, FEWEST_A_PAGE), MOST_A_PAGE))
            pages.append(page | {"recordings": page["recordings"][:left], "page": len(pages) + 1})
            left -= len(page["recordings"])
            if len(pages) >= page["numPages"] or not page["recordings"]:
                break
        # A recording uploaded in between would make them pages of two answers.
        one = {"numPages": len(pages), "numRecordings": pages[0].get("numRecordings")}
        return [page | one for page in pages]

    def _page(self, query: str, number: int, per_page: int) -> dict[str, Any]:
        asked = {"query": query, "key": self.key, "page": number, "per_page": per_page}
        try:
            status, body = self.polite.tried(lambda: self._ask(asked))
        except (StumbleError, RefusedError) as error:
            raise FetchError(f"{self.address}: {error}; try again later") from None
        try:
            if status != 200:
                raise ValueError(f"HTTP {status}")
            return _numbered(parsed_page(body))
        except ValueError as error:
            said = body[:200].decode("utf-8", "replace").replace(self.key, "***")
            hint = f"; check {KEY_VARIABLE}" if status in {401, 403} else ""
            raise FetchError(
                f"{self.address}: expected page {number}, got: {error}: {said!r}{hint}"
            ) from None

    def _ask(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        # A redirection could carry the key to another host.
        with self.polite.answer(self.address, params=asked, allow_redirects=False) as response:
            return response.status_code, response.content


def _numbered(page: dict[str, Any]) -> dict[str, Any]:
    for entry in page["recordings"]:
        # Files are named by it.
        if not re.fullmatch("[0-9]{1,15}", text_of(entry["id"])):
            raise ValueError(f"the recording {entry['id']!r}, which is no number")
    return page
