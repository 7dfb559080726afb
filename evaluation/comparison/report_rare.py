"""The rare species of a section, and which rows gained on them."""

import math
from collections.abc import Iterator

from evaluation.comparison.cells import cell, score
from evaluation.comparison.many import many
from evaluation.comparison.page import Block, Paragraph, Sentences, Table
from evaluation.comparison.rare_species import Gain
from evaluation.comparison.results import Results
from evaluation.noise import FEWEST, leaves_out_0


def rare_blocks(results: Results) -> Iterator[Block]:
    """Who is rare, F1 of each by row, and what each row gained beside the reference."""
    if not results.rare:
        yield Paragraph("All species have equally many training recordings: none is rare.")
        return
    limit = max(results.training[species] for species in results.rare)
    yield Paragraph(
        f"Rare are {len(results.rare)} of {many(len(results.training), 'species')}, the lowest "
        f"third by training recordings (of the first row): those with {limit} or fewer."
    )
    rows = [
        [
            species,
            str(results.training[species]),
            str(results.clips[species]),
            *(_f1(of_recipe[species]) for of_recipe in results.f1.values()),
        ]
        for species in results.rare
    ]
    header = ["species", "training", "test", *(f"F1, {label}" for label in results.f1)]
    yield Table(header, rows)
    if results.gains:
        groups = _groups(results)
        yield Sentences([_gain(each, results.reference, groups) for each in results.gains])


def _groups(results: Results) -> int:
    """Of how many groups the clips of rare species are."""
    first = results.section.recipes[0].predictions[0]
    pairs = zip(first.groups, first.truth, strict=True)
    return len({group for group, truth in pairs if first.labels[truth] in results.rare})


def _gain(gain: Gain, reference: str, groups: int) -> str:
    if gain.difference is None:
        return f"{gain.label} beside {reference}: no test recording is of a rare species"
    if groups < FEWEST:
        noise = f", too few groups ({groups}) to tell"
    else:
        noise = "" if leaves_out_0(gain.difference) else ", within noise"
    return (
        f"{gain.label} beside {reference}: macro F1 over the rare species "
        f"{cell(gain.difference, score)}{noise}; rose: {', '.join(gain.rose) or 'none'}; "
        f"fell: {', '.join(gain.fell) or 'none'}"
    )


def _f1(value: float) -> str:
    return score(value) if math.isfinite(value) else "-"
