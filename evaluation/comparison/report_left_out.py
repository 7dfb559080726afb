"""What a section of a comparison does not show, and what in it cannot be trusted."""

from collections.abc import Iterator

from evaluation.comparison.many import many
from evaluation.comparison.page import Sentences
from evaluation.comparison.results import Results


def left_out_blocks(results: Results) -> Iterator[Sentences]:
    """One sentence each, and nothing where all is shown."""
    section, told = results.section, []
    for label, heard in section.seen.items():
        told.append(
            f"{label} was trained on {heard} of these test recordings: it is in no pair, and its "
            "scores say nothing"
        )
    for network in section.repeated:
        told.append(
            f"Left out: run {network.name} ({network.run_id}), which another repeats: the last "
            "named counts"
        )
    if section.unscored:
        named = ", ".join(section.unscored[:5]) + (", ..." if len(section.unscored) > 5 else "")
        told.append(
            f"Left out: {many(len(section.unscored), 'recording')} that not every network could "
            f"score: {named}"
        )
    machines = {network.machine for recipe in section.recipes for network in recipe.networks}
    if len(machines) > 1:
        told.append(f"Latency was measured on {len(machines)} machines: it is no comparison")
    if told:
        yield Sentences(told)
