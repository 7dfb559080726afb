"""Conditions such as `> 0.65`."""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from projects.errors import UserError

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_PATTERN = re.compile(r"(>=|<=|>|<)\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")


@dataclass(frozen=True)
class Comparison:
    """A side of a limit.

    Attributes:
        symbol: One of >, >=, <, <=.
        limit: A finite number.
    """

    symbol: str
    limit: float

    @classmethod
    def parse(cls, text: str) -> "Comparison":
        """Reads a comparison such as `>= 0.5`.

        Raises:
            UserError: If the text is anything else, or its number is not finite.
        """
        match = _PATTERN.fullmatch(text.strip())
        if match is None or not math.isfinite(float(match[2])):
            raise UserError(
                f"Expected one of > >= < <= and a finite number, got {text!r}: write it as"
                ' "> 0.65".'
            )
        return cls(match[1], float(match[2]))

    def holds(self, value: float) -> bool:
        """Returns whether the value lies on this side of the limit."""
        return _OPERATORS[self.symbol](value, self.limit)

    def miss(self, value: float) -> float:
        """Returns how far the value lies on the other side, 0 on the limit or this side."""
        return max(0.0, self.limit - value if self.upward else value - self.limit)

    @property
    def upward(self) -> bool:
        """Whether this side is the one above the limit."""
        return self.symbol.startswith(">")

    def overlaps(self, other: "Comparison") -> bool:
        """Returns whether some value lies on both sides."""
        if self.upward == other.upward:
            return True
        above, below = (self, other) if self.upward else (other, self)
        both_hold_the_limit = "=" in above.symbol and "=" in below.symbol
        return above.limit < below.limit or (above.limit == below.limit and both_hold_the_limit)

    def exact(self) -> str:
        """Returns the text that `parse` reads back to this very condition, every digit kept."""
        # Adding 0.0 turns -0.0, the same limit, into 0.0.
        return f"{self.symbol} {float(self.limit) + 0.0!r}"

    def __str__(self) -> str:
        return f"{self.symbol} {self.limit:g}"
