"""A value as a bar with the whiskers of its interval, drawn on the server."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from evaluation.bootstrap import Interval
from evaluation.classification import METRICS

WIDTH, HEIGHT = 96, 12
"""Of the drawing, in pixels."""

_ENDS = '<path d="M{0} 6H{1}M{0} 3v6M{1} 3v6"/>'
_SVG = (
    f'<svg class="whiskers" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
    'role="img" aria-label="{label}"><title>{label}</title>'
    f'<rect class="bar" x="{{left}}" y="2" width="{{width}}" height="{HEIGHT - 4}"/>{{ends}}</svg>'
)


@dataclass(frozen=True)
class Scale:
    """What a column of drawings has in common.

    Attributes:
        low: At the left edge.
        high: At the right edge, above `low`.
    """

    low: float
    high: float

    def place(self, value: float) -> float:
        """Pixels from the left edge, in 1 .. WIDTH - 1."""
        share = (value - self.low) / (self.high - self.low)
        return round(1 + min(max(share, 0), 1) * (WIDTH - 2), 1)


@dataclass(frozen=True)
class Whiskers:
    """One drawing.

    Attributes:
        bar: Left edge and width of the bar.
        lower: Of the interval, None where there is none.
        upper: Of the interval.
        label: The interval in words.
    """

    bar: tuple[float, float]
    lower: float | None
    upper: float | None
    label: str

    def __html__(self) -> str:
        """As SVG; of numbers only, so that nothing needs to be escaped."""
        left, width = self.bar
        ends = "" if self.lower is None else _ENDS.format(self.lower, self.upper)
        return _SVG.format(label=self.label, left=left, width=width, ends=ends)


def common_scale(metric: str, measured: Iterable[Interval]) -> Scale:
    """The scale on which all of a metric can be drawn; shares go from 0 to 1."""
    numbers = [number for each in measured for number in _numbers(each)]
    low, high = min([0.0, *numbers]), max([0.0, *numbers])
    return Scale(low, 1.0) if metric in METRICS else Scale(low, high if high > low else low + 1)


def whiskers(measured: Interval | None, scale: Scale) -> Whiskers | None:
    """The drawing of a value; None where there is nothing to be drawn."""
    if measured is None or not measured.finite:
        return None
    zero, end = scale.place(max(scale.low, 0.0)), scale.place(measured.value)
    bar = (min(zero, end), round(abs(end - zero), 1))
    if measured.lower is None or measured.upper is None:
        return Whiskers(bar, None, None, "no interval")
    label = f"{measured.lower:.3f} to {measured.upper:.3f}"
    return Whiskers(bar, scale.place(measured.lower), scale.place(measured.upper), label)


def _numbers(measured: Interval) -> list[float]:
    numbers = (measured.value, measured.lower, measured.upper)
    return [number for number in numbers if number is not None and math.isfinite(number)]
