"""Networks that were tested on the same recordings; numbers of others share no table with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evaluation.comparison.network import Network
from evaluation.comparison.recipe import Recipe, recipes_of
from evaluation.comparison.shared_clips import shared_clips
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TEST


@dataclass(frozen=True, eq=False)
class Section:
    """One test set of a comparison.

    Attributes:
        dataset: Digest of the test set.
        recipes: Tested on it; their predictions are of the clips that all could score.
        repeated: Networks left out as repetitions of others.
        unscored: Clips left out because some network could not score them.
        seen: Label of a recipe to the number of these recordings that it was trained on; such a
            recipe is in no pair.
    """

    dataset: str
    recipes: list[Recipe]
    repeated: list[Network]
    unscored: list[str]
    seen: dict[str, int]

    @property
    def fair(self) -> list[Recipe]:
        """The recipes that were not trained on these recordings."""
        return [recipe for recipe in self.recipes if recipe.label not in self.seen]

    @property
    def labels(self) -> list[str]:
        """The species, in the order of every network's predictions."""
        return self.recipes[0].predictions[0].labels


def sections_of(networks: Sequence[Network]) -> list[Section]:
    """Gathers networks by test set and by the labels that they tell apart.

    Args:
        networks: In the order in which they shall be shown.

    Raises:
        UserError: No clip of a test set could be scored by all its networks.
    """
    gathered: dict[tuple[str, tuple[str, ...]], list[Network]] = {}
    for network in networks:
        key = network.dataset, tuple(sorted(network.predictions.labels))
        gathered.setdefault(key, []).append(network)
    return [_section(dataset, members) for (dataset, _), members in gathered.items()]


def _section(dataset: str, members: Sequence[Network]) -> Section:
    scored = shared_clips([network.predictions for network in members])
    asked = {item for network in members for item in network.predictions.item_ids}
    aligned = [
        replace(network, predictions=predictions)
        for network, predictions in zip(members, scored, strict=True)
    ]
    recipes, repeated = recipes_of(aligned)
    unscored = sorted(asked - set(scored[0].item_ids))
    return Section(dataset, recipes, repeated, unscored, _seen(recipes, dataset))


def _seen(recipes: Sequence[Recipe], dataset: str) -> dict[str, int]:
    """Recipes with a network that was trained or selected on recordings of the test set."""
    tested: set[str] = set()
    trained: dict[str, set[str]] = {recipe.label: set() for recipe in recipes}
    for recipe in recipes:
        for network in recipe.networks:
            is_test = network.recordings["split"] == TEST
            trained[recipe.label] |= set(network.recordings.loc[~is_test, "audio"])
            if dataset_digest(network.recordings[is_test]) == dataset:
                tested |= set(network.recordings.loc[is_test, "audio"])
    counts = {label: len(audio & tested) for label, audio in trained.items()}
    return {label: count for label, count in counts.items() if count}
