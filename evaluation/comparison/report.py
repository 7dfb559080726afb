"""A comparison as a page."""

from collections.abc import Iterator, Sequence

from evaluation.comparison.many import many
from evaluation.comparison.measures import score_table
from evaluation.comparison.page import (
    Block,
    Heading,
    Page,
    Paragraph,
    Sentences,
    Table,
)
from evaluation.comparison.paired import LEVEL
from evaluation.comparison.pictures import class_picture, progress_pictures
from evaluation.comparison.report_left_out import left_out_blocks
from evaluation.comparison.report_rare import rare_blocks
from evaluation.comparison.report_settings import settings_blocks
from evaluation.comparison.results import Results
from evaluation.gates.gate import Gate


def comparison_page(found: Sequence[Results], gates: Sequence[Gate]) -> Page:
    """Everything that was found, section by section.

    Args:
        found: One a test set.
        gates: That the rows were judged by.
    """
    recipes = [recipe for results in found for recipe in results.section.recipes]
    networks = sum(len(recipe.networks) for recipe in recipes)
    blocks: list[Block] = [
        Paragraph(
            "A row is a recipe: trainings that differ by their seed only. A score is the mean over "
            "a row's seeds, in brackets its 95 % interval (bootstrap over groups, and over seeds "
            "where there are several). Calibration and mAP may lie below their own intervals: a "
            "draw holds fewer distinct recordings, which raises both. Of epochs, time, parameters "
            "and latency it is the mean over the seeds, in brackets the least and the most. A dash "
            "stands for what was not measured."
        )
    ]
    if len(found) > 1:
        blocks.append(
            Paragraph(
                f"The rows were tested on {len(found)} test sets. Numbers of different test sets "
                "are not compared: each has a part of its own."
            )
        )
    for place, results in enumerate(found, start=1):
        blocks += _section(results, gates, place)
    return Page(f"Comparison of {many(len(recipes), 'row')}, {many(networks, 'network')}", blocks)


def _section(results: Results, gates: Sequence[Gate], place: int) -> Iterator[Block]:
    section = results.section
    answers = section.recipes[0].predictions[0]
    yield Heading(f"Test set {section.dataset}")
    yield Paragraph(
        f"{many(len(answers.item_ids), 'recording')} of {many(len(section.labels), 'species')} in"
        f" {many(len(set(answers.groups)), 'group')}."
    )
    yield score_table(results)
    yield from left_out_blocks(results)
    yield from progress_pictures(results, gates, place)
    yield Heading("Which is better", 3)
    yield from _tests(results)
    yield Heading("What the rows differ in", 3)
    yield from settings_blocks(results)
    yield Heading("Go or no-go", 3)
    yield Sentences(
        [
            f"{label}: {answer.sentence()}"
            for label, answers in results.answers.items()
            for answer in answers
        ]
    )
    yield Heading("Species", 3)
    yield class_picture(results, place)
    yield from rare_blocks(results)
    yield Heading("Runs", 3)
    yield _runs(results)


def _tests(results: Results) -> Iterator[Block]:
    if not results.tests:
        yield Paragraph("There are no two rows to compare.")
        return
    yield Paragraph(
        "Differences on the same recordings, with 95 % intervals over groups, and over seeds where "
        "a row has several; p from flipping the signs of whole groups, of accuracy, adjusted by "
        "Holm's method for "
        f"{many(len(results.tests), 'pair')}. Better is whose interval leaves out 0 with "
        f"p below {LEVEL}."
    )
    if len(set(results.section.recipes[0].predictions[0].groups)) == 1:
        yield Paragraph("All recordings are of one group, so nothing can be said of others.")
    yield Sentences([test.sentence() for test in results.tests])


def _runs(results: Results) -> Table:
    rows = [
        [recipe.label, network.name, network.run_id, network.version]
        for recipe in results.section.recipes
        for network in recipe.networks
    ]
    return Table(["row", "run", "id", "version"], rows)
