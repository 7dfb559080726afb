"""Pages of the API's answer (version 2 and 3), as JSON files."""

import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from projects.errors import UserError

logger = logging.getLogger(__name__)


def parsed_page(text: str | bytes) -> dict[str, Any]:
    """Reads one page.

    Returns:
        The page. Each entry of its `recordings` is an object with an `id`; `page` and `numPages`
        are whole numbers, 1 where the page does not say.

    Raises:
        ValueError: What is wrong with it, in one line.
    """
    try:
        page = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(page, dict) or not isinstance(page.get("recordings"), list):
        raise ValueError("no list of recordings")
    for place, entry in enumerate(page["recordings"], 1):
        if not isinstance(entry, dict) or not entry.get("id"):
            raise ValueError(f"recording {place} of the page has no id")
    return page | {name: _count(page, name) for name in ("page", "numPages")}


def read_pages(paths: Sequence[Path]) -> list[tuple[Path, dict[str, Any]]]:
    """Reads files of pages, and names the pages that are missing between them.

    Returns:
        Each page's recordings with the page's path.

    Raises:
        UserError: A file is not a page.
    """
    pages = {path: _read(path) for path in paths}
    _warn_of_missing(pages)
    return [(path, entry) for path, page in pages.items() for entry in entries_of(page)]


def entries_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    """A page's recordings, their `id` also as `xc_id`, since in a CSV an `id` may count rows."""
    return [{**entry, "xc_id": entry["id"]} for entry in page["recordings"]]


def _read(path: Path) -> dict[str, Any]:
    try:
        return parsed_page(path.read_bytes())
    except (ValueError, OSError) as error:
        raise UserError(
            f"{path}: expected a page of Xeno-canto's API, got: {error}; fetch it anew or move it"
        ) from None


def _count(page: dict[str, Any], name: str) -> int:
    given = page.get(name, 1)
    try:
        count = int(given)
    except (TypeError, ValueError):
        count = -1
    if not 0 <= count <= 10**6:
        raise ValueError(f"{name} is {given!r}")
    return count


def _warn_of_missing(pages: dict[Path, dict[str, Any]]) -> None:
    there = defaultdict(set)
    for path, page in pages.items():
        answer = (path.parent, str(page.get("numRecordings")), page["numPages"])
        there[answer].add(page["page"])
    for (folder, _, count), numbers in there.items():
        missing = sorted(set(range(1, count + 1)) - numbers)
        if missing:
            named = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
            logger.warning("%s: %d of %d pages missing: %s", folder, len(missing), count, named)
