"""A reader sees whether rows differ in what they claim to differ in, and in nothing else."""

from birds import recordings

from evaluation.comparison.page import Paragraph, Sentences, Table
from evaluation.comparison.report_settings import settings_blocks
from evaluation.comparison.results import results_of
from evaluation.comparison.section import sections_of


def blocks(make_network, *settings, **parts):
    networks = [
        make_network(luck=n, family=f"row {n}", recipe=str(n), settings=each, **parts)
        for n, each in enumerate(settings)
    ]
    (section,) = sections_of(networks)
    return list(settings_blocks(results_of(section, [])))


def test_only_what_differs_is_in_the_table(make_network):
    found = blocks(make_network, {"mixup": "0.4", "depth": "3"}, {"mixup": "0.0", "depth": "3"})
    assert found == [Table(["setting", "row 0", "row 1"], [["mixup", "0.4", "0.0"]])]


def test_an_ensemble_does_not_fill_the_table_with_what_it_has_not(make_network):
    """Forty rows of dashes would hide the one setting that matters."""
    one, other = {"mixup": "0.4", "depth": "3"}, {"mixup": "0.0", "depth": "3"}
    table, _, told = blocks(make_network, one, other, {"members": "a, b"})
    assert table.rows == [["mixup", "0.4", "0.0", "-"]]
    assert told == Sentences(["row 0 and row 1: depth=3", "row 2: members=a, b"])


def test_rows_that_differ_in_nothing_are_told(make_network):
    """A reader would take two names for two recipes."""
    (told,) = blocks(make_network, {"mixup": "0.4"}, {"mixup": "0.4"})
    assert "No setting differs" in told.text


def test_other_training_recordings_are_no_setting_and_are_told(make_network):
    """More data would be taken for a better recipe."""
    networks = [
        make_network(luck=n, recipe=str(n), recordings=recordings(trained_on=f"place {n}"))
        for n in range(2)
    ]
    (section,) = sections_of(networks)
    last = list(settings_blocks(results_of(section, [])))[-1]
    assert last == Paragraph("The rows were not trained on the same recordings.")
