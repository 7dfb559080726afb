from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.audio.fetching.polite import (
    BACKOFF_S,
    FetchError,
    Polite,
    RefusedError,
    StumbleError,
)


def ask(polite, address):
    def attempt():
        with polite.answer(address) as response:
            return response.status_code

    return attempt


def test_requests_keep_their_distance(polite, clock, site):
    """An archive that is asked faster than it allows shuts the user out."""
    times = []
    for _ in range(4):
        ask(polite, f"{site.address}/1/download")()
        times.append(clock.now)
    assert times == [100.0, 101.0, 102.0, 103.0]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(st.floats(0.1, 10), st.lists(st.floats(0, 5), max_size=6))
def test_never_more_than_the_rate_whatever_is_done_in_between(clock, rate, pauses):
    clock.slept.clear()
    polite = Polite(rate, sleep=clock.sleep, clock=clock.time)
    turns = []
    for pause in [*pauses, 0]:
        # No request is made: the address is refused, after its turn has come.
        with pytest.raises(RefusedError), polite.answer("nowhere"):
            pass
        turns.append(clock.now)
        clock.now += pause
    gaps = [b - a for a, b in pairwise(turns)]
    assert all(gap >= 1 / rate - 1e-6 for gap in gaps)


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(polite, clock, site):
    site.faults["/1/download"] = [429]
    site.headers[429] = {"Retry-After": "37"}
    assert polite.tried(ask(polite, f"{site.address}/1/download")) == 200
    assert 37.0 in clock.slept


def test_retry_after_may_be_a_date(polite, clock, site):
    site.faults["/1/download"] = [503]
    soon = datetime.now(UTC) + timedelta(seconds=90)
    site.headers[503] = {"Retry-After": format_datetime(soon, usegmt=True)}
    assert polite.tried(ask(polite, f"{site.address}/1/download")) == 200
    assert 60 < max(clock.slept) <= 90


@pytest.mark.parametrize("wish", ["soon", "", "-5", "Mon, 99 Foo"])
def test_a_retry_after_that_makes_no_sense_is_our_own_wait(polite, clock, site, wish):
    site.faults["/1/download"] = [429]
    site.headers[429] = {"Retry-After": wish}
    assert polite.tried(ask(polite, f"{site.address}/1/download")) == 200
    assert max(clock.slept) == BACKOFF_S[0]


def test_a_server_that_wants_an_hour_ends_the_run(polite, clock, site):
    """Better a line now than a command that seems to hang."""
    site.faults["/1/download"] = [429]
    site.headers[429] = {"Retry-After": "3600"}
    with pytest.raises(FetchError, match="asks to wait 3600 s"):
        polite.tried(ask(polite, f"{site.address}/1/download"))
    assert 3600 not in clock.slept


def test_it_gives_up_after_a_few_attempts_further_and_further_apart(polite, clock, site):
    site.faults["/1/download"] = [500] * 20
    with pytest.raises(StumbleError, match="HTTP 500"):
        polite.tried(ask(polite, f"{site.address}/1/download"))
    assert len(site.asked) == len(BACKOFF_S) + 1
    assert clock.slept == list(BACKOFF_S)


def test_no_error_tells_the_address(polite):
    """The key is a part of it, and errors are printed and logged."""
    with (
        pytest.raises(StumbleError) as caught,
        polite.answer("http://127.0.0.1:9/x", params={"key": "hush"}),
    ):
        pass
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x/y", "http://[::1", "//x", ""])
def test_only_addresses_of_the_web_are_asked(polite, address):
    with pytest.raises(RefusedError), polite.answer(address):
        pass
