"""In which settings recipes differ: whether rows differ in what they claim to differ in."""

from collections.abc import Sequence

from evaluation.comparison.network import SEED, Network

UNSET = "-"


def recipe_settings(networks: Sequence[Network]) -> dict[str, str]:
    """Setting to value of all but the seed; where the networks differ, to all their values."""
    names = sorted({name for network in networks for name in network.settings} - {SEED})
    return {
        name: ", ".join(dict.fromkeys(each.settings.get(name, UNSET) for each in networks))
        for name in names
    }


def differing(recipes: Sequence[Sequence[Network]]) -> dict[str, list[str]]:
    """Settings that are not the same in all recipes.

    Args:
        recipes: The networks of each.

    Returns:
        Setting, in alphabetical order, to its value in each recipe, `UNSET` where it has none.
    """
    settings = [recipe_settings(networks) for networks in recipes]
    names = sorted({name for each in settings for name in each})
    values = {name: [each.get(name, UNSET) for each in settings] for name in names}
    return {name: of_recipes for name, of_recipes in values.items() if len(set(of_recipes)) > 1}
