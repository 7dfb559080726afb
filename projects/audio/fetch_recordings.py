"""Entry point: fetches recordings and their metadata from Xeno-canto."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import mlflow
import pandas as pd
from filelock import FileLock, Timeout
from pydantic import Field, field_validator

from projects.audio.atomic import write_text
from projects.audio.fetching.api import Api, api_key
from projects.audio.fetching.catalogue import ATTRIBUTION, TABLE
from projects.audio.fetching.polite import FetchError, Polite
from projects.audio.fetching.sounds import Fetched, fetch_sounds
from projects.audio.xeno_canto.pages import entries_of
from projects.config import Config
from projects.errors import UserError
from projects.tracking import run_entry_point


class FetchConfig(Config):
    """Fetches what answers a query; the API key is in the environment: XENO_CANTO_KEY."""

    query: str = Field(min_length=1, description='as sp:"turdus merula" q:A')
    out: Path = Field(Path("recordings"), description="folder of pages and sound")
    limit: int = Field(500, ge=1, le=100_000, description="most recordings")
    rate: float = Field(1.0, gt=0, le=10, description="requests a second")
    largest: float = Field(100.0, gt=0, le=10_000, description="MB of one recording")
    api: str = Field("https://xeno-canto.org/api/3/recordings", description="address of the API")

    @field_validator("api")
    @classmethod
    def _keeps_the_key(cls, api: str) -> str:
        address = urlsplit(api)
        here = address.hostname in {"127.0.0.1", "localhost", "::1"}
        if address.scheme != "https" and not (address.scheme == "http" and here):
            raise ValueError("an address with https, since it is sent the key")
        return api


def fetch_recordings(config: FetchConfig) -> None:
    """Fetches, prints what came of it and logs it with the table of recordings."""
    fetched = fetch(config, api_key(), Polite(config.rate))
    print(fetched.summary())
    failed = len(fetched.failures)
    mlflow.log_metrics(
        {
            "recordings.fetched": fetched.new,
            "recordings.kept": fetched.kept,
            "recordings.failed": failed,
        }
    )
    failures = pd.DataFrame(fetched.failures, columns=["recording_id", "url", "error"])
    mlflow.log_text(failures.to_csv(index=False), "recordings/failures.csv")
    for name in (TABLE, ATTRIBUTION):
        mlflow.log_artifact(str(config.out / name), "recordings")
    if not fetched.new + fetched.kept:
        raise FetchError(
            f"not one of {failed} recordings came; the first: {fetched.failures[0]['error']}"
        )


def fetch(config: FetchConfig, key: str, polite: Polite) -> Fetched:
    """Fetches pages and sound into the folder, which `format=xeno_canto` then reads.

    Args:
        config: What to fetch, and where to.
        key: Of the API.
        polite: Makes the requests.

    Raises:
        FetchError: The API or the server of sound refuses, or nothing answers the query.
        UserError: The folder is in use, or cannot be written.
    """
    with _alone(config.out):
        pages = Api(config.api, key, polite).pages(config.query, config.limit)
        # Pages overlap where a recording was uploaded between two requests.
        entries = {str(entry["id"]): entry for page in pages for entry in entries_of(page)}
        if not entries:
            raise FetchError(f"query: expected one that finds recordings, got {config.query!r}")
        _save_pages(config.out, config.query, pages)
        print(f"{len(entries)} of {pages[0].get('numRecordings', '?')} recordings that were found")
        return fetch_sounds(list(entries.values()), config.out, polite, round(config.largest * 1e6))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".fetching.lock", timeout=0):
            yield
    except Timeout:
        raise UserError(f"{folder} is being fetched into already: wait for it or stop it") from None
    except OSError as error:
        raise UserError(f"out: expected a folder that can be written, got: {error}") from None


def _save_pages(folder: Path, query: str, pages: Sequence[dict[str, Any]]) -> None:
    """Keeps the pages that answer a query, in place of those that answered it before."""
    words = re.sub("[^a-z0-9]+", "-", query.lower()).strip("-")[:40]
    home = folder / "pages" / f"{words}-{hashlib.sha256(query.encode()).hexdigest()[:8]}"
    paths = [home / f"page-{number:04d}.json" for number in range(1, len(pages) + 1)]
    for path, page in zip(paths, pages, strict=True):
        write_text(path, json.dumps(page, indent=1))
    for path in set(home.glob("page-*.json")) - set(paths):
        path.unlink()


if __name__ == "__main__":
    run_entry_point(FetchConfig, fetch_recordings, experiment="recordings")
