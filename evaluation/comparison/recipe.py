"""The rows of a comparison: recipes, each with the networks that differ by their seed."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.bootstrap import Interval
from evaluation.comparison.many import many
from evaluation.comparison.network import SEED, Network
from evaluation.comparison.settings import differing
from evaluation.predictions import Predictions

NAMED = 3
"""Settings that a label names."""

LONGEST_VALUE = 40
"""Characters that it shows of one's value."""


@dataclass(frozen=True, eq=False)
class Recipe:
    """One row.

    Attributes:
        label: No other row of the comparison has it.
        networks: At least one.
    """

    label: str
    networks: tuple[Network, ...]

    @property
    def predictions(self) -> list[Predictions]:
        """Of each network."""
        return [network.predictions for network in self.networks]

    @property
    def seeds(self) -> str:
        """The networks' seeds, or how many networks there are where one has none."""
        seeds = [network.settings.get(SEED) for network in self.networks]
        return ", ".join(filter(None, seeds)) if all(seeds) else many(len(seeds), "network")

    def cost(self, name: str) -> Interval | None:
        """Mean and, where they differ, least and most of the networks; None unless all have it."""
        values = [network.costs[name] for network in self.networks if name in network.costs]
        if len(values) < len(self.networks):
            return None
        mean = sum(values) / len(values)
        return Interval(mean, min(values), max(values)) if len(set(values)) > 1 else Interval(mean)

    def training(self, name: str) -> Interval | None:
        """Mean over the networks, None unless all have it."""
        values = [each.training[name].value for each in self.networks if name in each.training]
        whole = len(values) == len(self.networks)
        return Interval(sum(values) / len(values)) if whole else None


def recipes_of(networks: Sequence[Network]) -> tuple[list[Recipe], list[Network]]:
    """Gathers networks by recipe.

    A training that was repeated with all its settings is no second seed: the last one counts.

    Args:
        networks: Of one test set; those without a recipe are rows of their own.

    Returns:
        The recipes in the order of their first networks, and the networks that were left out.
    """
    gathered: dict[str, dict[object, Network]] = {}
    repeated = []
    for network in networks:
        of_recipe = gathered.setdefault(network.recipe or network.run_id, {})
        identity = _identity(network)
        if identity in of_recipe:
            repeated.append(of_recipe[identity])
        of_recipe[identity] = network
    rows = [tuple(of_recipe.values()) for of_recipe in gathered.values()]
    labels = [_label(row, rows) for row in rows]
    recipes = [
        Recipe(_apart(label, row, labels), row) for label, row in zip(labels, rows, strict=True)
    ]
    return recipes, repeated


def _identity(network: Network) -> object:
    """What two trainings of a recipe share if the one repeats the other."""
    if SEED in network.settings:
        return network.settings[SEED]  # A recipe is all else, whatever its paths are called.
    return network.predictions.probabilities.tobytes()  # An ensemble may name members by alias.


def _label(row: tuple[Network, ...], rows: Sequence[tuple[Network, ...]]) -> str:
    """The family, with the settings that tell the row from others of it."""
    name = _name(row)
    alike = [each for each in rows if _name(each) == name]
    place = alike.index(row)
    told = [f"{setting}={_short(values[place])}" for setting, values in differing(alike).items()]
    if not told:
        return name
    more = [f"{len(told) - NAMED} more"] if len(told) > NAMED else []
    return f"{name} ({', '.join(told[:NAMED] + more)})"


def _name(row: tuple[Network, ...]) -> str:
    first = row[0]
    return (first.family if first.recipe else "") or first.name


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 3] + "..."


def _apart(label: str, row: tuple[Network, ...], labels: Sequence[str]) -> str:
    """The label, with the run's id where settings do not tell it from another."""
    return label if labels.count(label) == 1 else f"{label} [{row[0].run_id[:8]}]"
