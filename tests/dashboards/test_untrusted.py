"""Values that anybody may have written: no one of them may shut a page that others look at."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.untrusted import moment_of, whole_number


@given(st.integers(0, 999_999_999))
def test_a_number_is_read(number):
    assert whole_number(str(number)) == number


@pytest.mark.parametrize("text", ["", "-1", "1e3", "1.0", " 1", "\u00b2", "9" * 30, "9" * 5_000])
def test_other_text_is_no_number(text):
    assert whole_number(text) is None


@given(st.integers(-(10**20), 10**20))
def test_every_time_is_one_that_can_be_shown(milliseconds):
    assert (
        datetime(1970, 1, 1, tzinfo=UTC)
        <= moment_of(milliseconds)
        <= datetime.now(UTC).replace(
            year=9999, month=12, day=31, hour=23, minute=59, second=59, microsecond=0
        )
    )


def test_a_time_is_read():
    assert moment_of(1_700_000_000_000) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
