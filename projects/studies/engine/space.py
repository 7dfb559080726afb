"""Between which values a setting is sought, as Optuna is asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.trial import Trial

from projects.errors import UserError


@dataclass(frozen=True)
class Whole:
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def distribution(self) -> BaseDistribution:
        """As Optuna has it."""
        return IntDistribution(self.low, self.high)

    def stored(self, value: Any) -> int | None:
        """The value as Optuna keeps it; None where it is not among these."""
        return value if isinstance(value, int) and self.low <= value <= self.high else None

    def read(self, stored: Any) -> int:
        """The setting's value."""
        return int(stored)


@dataclass(frozen=True)
class Real:
    """Numbers from `low` to `high`, by their logarithm if `log`."""

    low: float
    high: float
    log: bool = False

    @property
    def distribution(self) -> BaseDistribution:
        """As Optuna has it."""
        return FloatDistribution(self.low, self.high, log=self.log)

    def stored(self, value: Any) -> float | None:
        """The value as Optuna keeps it; None where it is not among these."""
        is_number = isinstance(value, int | float)
        return float(value) if is_number and self.low <= value <= self.high else None

    def read(self, stored: Any) -> float:
        """The setting's value."""
        return float(stored)


@dataclass(frozen=True)
class Choice:
    """A few values, in an order that has a meaning where there is one.

    Optuna keeps the place, not the value: its model of what is near what then holds for bit
    rates and widths too.
    """

    values: tuple[Any, ...]

    @property
    def distribution(self) -> BaseDistribution:
        """As Optuna has it."""
        return IntDistribution(0, len(self.values) - 1)

    def stored(self, value: Any) -> int | None:
        """The place of a value; None where it is not among these."""
        return self.values.index(value) if value in self.values else None

    def read(self, stored: Any) -> Any:
        """The setting's value."""
        return self.values[int(stored)]


Space = Mapping[str, Whole | Real | Choice]
"""Name of a setting to what it may be."""


def proposed(trial: Trial, space: Space) -> dict[str, Any]:
    """The settings of a trial: what was given to it, or what the sampler proposes."""
    return {name: each.read(_suggested(trial, name, each)) for name, each in space.items()}


def read_back(params: Mapping[str, Any], space: Space) -> dict[str, Any]:
    """The settings behind the parameters that Optuna keeps of a trial."""
    return {name: space[name].read(stored) for name, stored in params.items()}


def stored(settings: Mapping[str, Any], space: Space) -> dict[str, Any]:
    """Settings as the parameters that Optuna keeps.

    Args:
        settings: At least one value for each name of the space.
        space: To look for settings in.

    Raises:
        UserError: A value is outside the space.
    """
    params = {name: each.stored(settings[name]) for name, each in space.items()}
    for name, value in params.items():
        if value is None:
            raise UserError(
                f"{name}: expected a value that the study looks at, {space[name]}, "
                f"got {settings[name]!r}: change it in the configuration"
            )
    return params


def grid(space: Space) -> list[dict[str, Any]]:
    """Every combination of choices, as Optuna's parameters; the last setting changes fastest."""
    combinations: list[dict[str, Any]] = [{}]
    for name, each in space.items():
        assert isinstance(each, Choice)
        places = range(len(each.values))
        combinations = [{**known, name: place} for known in combinations for place in places]
    return combinations


def _suggested(trial: Trial, name: str, each: Whole | Real | Choice) -> float | int:
    distribution = each.distribution
    if isinstance(distribution, FloatDistribution):
        return trial.suggest_float(name, distribution.low, distribution.high, log=distribution.log)
    assert isinstance(distribution, IntDistribution)
    return trial.suggest_int(name, distribution.low, distribution.high)
