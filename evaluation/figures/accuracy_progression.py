"""How accuracy grew with the epochs, one recipe beside another."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evaluation.figures.style import COLOURS, MARKERS
from evaluation.figures.text import wrapped
from projects.errors import UserError


def accuracy_progression(progress: Mapping[str, Sequence[Mapping[int, float]]]) -> Figure:
    """Draws validation accuracy by epoch: a thin line a network, a thick one the recipe's mean.

    Args:
        progress: Recipe to epoch to accuracy of each of its networks; a recipe whose networks
            have no epochs, as an ensemble, takes its colour and is not drawn.

    Returns:
        The figure; a mean is of the networks that have epochs, and goes as far as all of them do.

    Raises:
        UserError: If there is no epoch at all.
    """
    if not any(network for networks in progress.values() for network in networks):
        raise UserError(
            f"Expected an accuracy by epoch, got none of {list(progress)}: train for an epoch first"
        )
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for place, (label, of_recipe) in enumerate(progress.items()):
        colour = COLOURS[place % len(COLOURS)]
        networks = [network for network in of_recipe if network]
        if not networks:
            continue
        shared = sorted(set.intersection(*(set(network) for network in networks)))
        for network in networks:
            axes.plot(*zip(*sorted(network.items()), strict=True), color=colour, alpha=0.35, lw=0.8)
        mean = [sum(network[epoch] for network in networks) / len(networks) for epoch in shared]
        marker = MARKERS[place % len(MARKERS)]
        every = max(1, len(shared) // 12)
        axes.plot(
            shared, mean, color=colour, lw=2, marker=marker, markevery=every, label=wrapped(label)
        )
    axes.set(xlabel="epoch", ylabel="validation accuracy")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
