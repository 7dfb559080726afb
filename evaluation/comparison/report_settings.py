"""What the rows of a section differ in."""

from collections.abc import Iterator

from evaluation.comparison.page import Block, Paragraph, Sentences, Table
from evaluation.comparison.results import Results
from evaluation.comparison.settings import UNSET


def settings_blocks(results: Results) -> Iterator[Block]:
    """A table of the settings that rows have and differ in, and who has what others have not."""
    labels = [recipe.label for recipe in results.section.recipes]
    if len(labels) == 1:
        yield Paragraph("There is one row.")
        return
    differing = {
        setting: values
        for setting, values in results.settings.items()
        if len(set(values) - {UNSET}) > 1
    }
    if differing:
        yield Table(["setting", *labels], [[name, *values] for name, values in differing.items()])
    if len(differing) < len(results.settings):
        yield Paragraph("Settings that not all rows have, and that are the same where they are:")
        yield Sentences(_of_some(results.settings, labels))
    if not results.settings:
        yield Paragraph("No setting differs: only what is not a setting, as data or code, can.")
    if not results.same_training:
        yield Paragraph("The rows were not trained on the same recordings.")


def _of_some(settings: dict[str, list[str]], labels: list[str]) -> list[str]:
    """One sentence for the settings of the same rows, for an ensemble has none of a network's."""
    told: dict[tuple[str, ...], list[str]] = {}
    for setting, values in settings.items():
        pairs = zip(labels, values, strict=True)
        owners = {label: value for label, value in pairs if value != UNSET}
        if len(set(owners.values())) == 1:
            value = next(iter(owners.values()))
            told.setdefault(tuple(owners), []).append(f"{setting}={value}")
    return [f"{' and '.join(owners)}: {', '.join(each)}" for owners, each in told.items()]
