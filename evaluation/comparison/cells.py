"""Numbers as a person reads them."""

from collections.abc import Callable

from evaluation.bootstrap import Interval


def score(value: float) -> str:
    """A score to three decimals."""
    return f"{value:.3f}"


def duration(seconds: float) -> str:
    """Seconds in the unit that a person would take."""
    for limit, unit in ((3600, "h"), (60, "min")):
        if seconds >= limit:
            return f"{seconds / limit:.1f} {unit}"
    return f"{seconds:.1f} s"


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{1000 * seconds:.1f} ms"


def count(value: float) -> str:
    """A number of things, with a mark for thousands; a mean of several may be a fraction."""
    return f"{value:,.0f}" if value == round(value) or value >= 100 else f"{value:.1f}"


def cell(measured: Interval | None, shown: Callable[[float], str]) -> str:
    """`value (lower to upper)`, without the bounds where there are none; a dash for nothing."""
    if measured is None:
        return "-"
    if measured.lower is None or measured.upper is None:
        return shown(measured.value)
    return f"{shown(measured.value)} ({shown(measured.lower)} to {shown(measured.upper)})"
