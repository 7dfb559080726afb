"""The report as a whole: what a person decides from has to be in it."""

from dataclasses import replace

import pytest
from birds import answers, recordings

from evaluation.comparison.go_no_go import classification_gates
from evaluation.comparison.page import Heading, Paragraph, Sentences, Table
from evaluation.comparison.report import comparison_page
from evaluation.comparison.results import results_of
from evaluation.comparison.section import sections_of


def page_of(networks):
    gates = classification_gates()
    return comparison_page([results_of(each, gates) for each in sections_of(networks)], gates)


def parts(page, kind):
    return [block for block in page.blocks if isinstance(block, kind)]


def sentences(page):
    return [item for block in parts(page, Sentences) for item in block.items]


@pytest.fixture
def two_rows(make_network):
    """An AST of two seeds that is much better than a CNN, and what was left out."""
    return [
        make_network(0.95, 1, recipe="a", settings={"seed": "0", "mixup": "0.4"}),
        make_network(0.95, 2, recipe="a", settings={"seed": "1", "mixup": "0.4"}),
        make_network(0.3, 3, family="CNN", recipe="c", settings={"seed": "0", "mixup": "0.0"}),
    ]


def test_all_parts_are_there(two_rows):
    page = page_of(two_rows)
    assert page.title == "Comparison of 2 rows, 3 networks"
    said = sentences(page)
    assert any(each.startswith("AST is better than CNN by 0.") for each in said)
    assert any(each.startswith("CNN: gate_2: STOP: accuracy 0.") for each in said)
    assert "AST: gate_2: GO" in said
    assert any(each.startswith("CNN beside AST: macro F1 over the rare species -") for each in said)
    scores, settings, rare, runs = parts(page, Table)
    assert [row[0] for row in scores.rows] == ["AST", "CNN"]
    assert settings.rows == [["mixup", "0.4", "0.0"]]
    assert [row[:3] for row in rare.rows] == [["owl", "4", "15"], ["wren", "20", "15"]]
    assert [row[1] for row in runs.rows] == [each.name for each in two_rows]
    files = [picture.file for picture in page.pictures]
    assert files == ["1_accuracy.png", "1_progression.png", "1_class_f1.png"]
    assert all(picture.png.startswith(b"\x89PNG") for picture in page.pictures)


def test_of_one_seed_the_report_claims_nothing_of_others(two_rows, make_network):
    """Of two equal recipes luck with one seed makes a better one in 17 of 100 comparisons."""
    limit = "other seeds were not tried"
    (one_seed,) = [each for each in sentences(page_of(two_rows)) if " is better than " in each]
    assert one_seed.endswith(f"; of these networks only, {limit}")
    more = make_network(0.3, 4, family="CNN", recipe="c", settings={"seed": "1", "mixup": "0.0"})
    assert not any(limit in each for each in sentences(page_of([*two_rows, more])))
    text = " ".join(block.text for block in parts(page_of(two_rows), Paragraph))
    assert "groups and seeds" not in text


def test_the_report_says_which_scores_may_lie_outside_their_intervals(make_network):
    """A reader would take a calibration below its own interval for a fault, or for exact."""
    (first, *_) = parts(page_of([make_network(recipe="a")]), Paragraph)
    assert "Calibration and mAP may lie below their own intervals" in first.text


def test_on_few_recordists_nobody_gains_on_the_rare_species(two_rows):
    """Over five groups luck alone leaves 0 out in every sixth comparison."""
    few = [
        replace(
            each,
            predictions=replace(
                each.predictions,
                groups=[f"ada {place % 5}" for place in range(len(each.predictions.groups))],
            ),
        )
        for each in two_rows
    ]
    (told,) = [each for each in sentences(page_of(few)) if "over the rare species" in each]
    assert "), too few groups (5) to tell; rose: " in told


def test_one_row_is_a_table_without_tests(make_network):
    page = page_of([make_network(recipe="a", progress={})])
    text = [block.text for block in parts(page, Paragraph)]
    assert "There are no two rows to compare." in text
    assert "There is one row." in text
    assert [picture.file for picture in page.pictures] == ["1_accuracy.png", "1_class_f1.png"]


def test_test_sets_have_parts_of_their_own(make_network):
    """A row on easier recordings would look the better one."""
    networks = [make_network(recipe="a"), make_network(recordings=recordings(test="easy"))]
    page = page_of(networks)
    headings = [block.text for block in parts(page, Heading) if block.level == 2]
    assert headings == [f"Test set {network.dataset}" for network in networks]
    files = [picture.file for picture in page.pictures]
    assert len(set(files)) == len(files) == 6


def test_what_is_left_out_or_not_to_be_trusted_is_said(make_network):
    split = recordings()
    split.loc[split["split"] == "test", "split"] = "train"
    honest = make_network(recipe="h", family="honest", settings={"seed": "0"})
    networks = [
        make_network(recipe="h", family="honest", settings={"seed": "0"}, name="before"),
        honest,
        make_network(recipe="c", family="cheat", recordings=split, dataset=honest.dataset),
        make_network(
            predictions=answers(0.5).part(answers(0.5).truth != 1), family="", machine="other"
        ),
    ]
    said = "\n".join(sentences(page_of(networks)))
    assert "cheat was trained on 60 of these test recordings: it is in no pair" in said
    assert f"run before ({networks[0].run_id}), which another repeats: the last named" in said
    assert "Left out: 15 recordings that not every network could score: clip 001" in said
    assert "Latency was measured on 2 machines" in said


def test_recordings_of_one_recordist_say_nothing_of_others(make_network):
    networks = [make_network(luck=n, recipe=str(n), family=f"f{n}") for n in range(2)]
    alone = [
        replace(each, predictions=replace(each.predictions, groups=["ada"] * 60))
        for each in networks
    ]
    text = [block.text for block in parts(page_of(alone), Paragraph)]
    assert "All recordings are of one group, so nothing can be said of others." in text
