"""Values from addresses, tags and parameters, which hold whatever somebody wrote."""

from datetime import UTC, datetime

DIGITS = 9
"""Of a whole number; MLflow's databases take no more than a few."""

LAST = 253_402_300_799_000
"""The end of the year 9999, the last that `datetime` knows, in milliseconds."""


def whole_number(text: str) -> int | None:
    """A number from 0 of at most `DIGITS` digits, None for any other text."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS else None


def moment_of(milliseconds: int) -> datetime:
    """A time as MLflow has it, since 1970; one that cannot be is the nearest that can."""
    return datetime.fromtimestamp(min(max(milliseconds, 0), LAST) / 1000, UTC)
