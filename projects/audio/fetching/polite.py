"""Requests that a public archive can bear: spaced, patient, and tried again only a few times."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import requests

from projects.errors import UserError

T = TypeVar("T")

BACKOFF_S = (2.0, 4.0, 8.0, 16.0)
"""Waits before the second and later attempts; the server's own Retry-After where it is longer."""

LONGEST_WAIT_S = 600.0
TIMEOUT_S = (10.0, 60.0)
"""To connect, and between two pieces of an answer."""

_BUSY = frozenset({408, 429, 500, 502, 503, 504})


class FetchError(UserError):
    """Fetching cannot go on; what is there stays."""

    exit_code = 1


class StumbleError(Exception):
    """An attempt that may succeed later.

    Attributes:
        wait: Seconds that the server asked to wait.
    """

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class RefusedError(Exception):
    """An attempt that would fail the same way again."""


class Polite:
    """Makes requests, at most so many a second.

    Args:
        rate: Requests a second, attempts included.
        sleep: Waits for seconds.
        clock: Seconds from any beginning.
    """

    def __init__(
        self,
        rate: float,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = 1 / rate
        self._sleep = sleep
        self._clock = clock
        self._next = clock()
        self._session = requests.Session()
        # A compressed answer has another length than the file.
        self._session.headers.update({"User-Agent": "Syrinx", "Accept-Encoding": "identity"})

    def tried(self, attempt: Callable[[], T]) -> T:
        """Makes an attempt, and again after each stumble, as often as `BACKOFF_S` is long.

        Raises:
            StumbleError: The last attempt's.
            FetchError: The server asks to wait for longer than `LONGEST_WAIT_S`.
        """
        for backoff in BACKOFF_S:
            try:
                return attempt()
            except StumbleError as stumble:
                if stumble.wait > LONGEST_WAIT_S:
                    raise FetchError(
                        f"the server asks to wait {stumble.wait:.0f} s ({stumble}): "
                        "the same command goes on from here"
                    ) from None
                self._sleep(max(stumble.wait, backoff))
        return attempt()

    @contextmanager
    def answer(self, address: str, **how: Any) -> Iterator[requests.Response]:
        """One request, when it is its time; its body is read inside the block.

        Raises:
            StumbleError: The server is busy, or the connection failed, also inside the block.
            RefusedError: No such address can be asked.
        """
        self._await_turn()
        try:
            with self._session.get(address, stream=True, timeout=TIMEOUT_S, **how) as response:
                if response.status_code in _BUSY:
                    raise StumbleError(f"HTTP {response.status_code}", _retry_after(response))
                yield response
        # The text of these errors holds the address, and with it the key.
        except ValueError:
            raise RefusedError("the address cannot be asked") from None
        except requests.Timeout:
            raise StumbleError("timed out") from None
        except requests.RequestException as error:
            raise StumbleError(f"the connection failed ({type(error).__name__})") from None

    def _await_turn(self) -> None:
        wait = self._next - self._clock()
        if wait > 0:
            self._sleep(wait)
        self._next = self._clock() + self._interval


def _retry_after(response: requests.Response) -> float:
    given = response.headers.get("Retry-After", "")
    if given.isdecimal():
        return float(given)
    try:
        return max((parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return 0.0
