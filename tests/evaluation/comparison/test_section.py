"""Numbers of different test sets, or of recordings that were trained on, are not compared."""

import numpy as np
from birds import answers, recordings

from evaluation.comparison.section import sections_of
from evaluation.predictions import Predictions


def test_each_test_set_is_a_section_of_its_own(make_network):
    here = [make_network(luck=luck) for luck in range(2)]
    there = make_network(recordings=recordings(test="another"))
    sections = sections_of([here[0], there, here[1]])
    assert [len(section.recipes) for section in sections] == [2, 1]
    assert sections[0].dataset == here[0].dataset != sections[1].dataset


def test_networks_of_other_labels_are_not_paired(make_network):
    """Telling four species apart is easier than forty."""
    one = answers(0.8)
    wider = np.hstack([one.probabilities, np.zeros((60, 1))])
    other = Predictions(one.item_ids, one.groups, one.truth, wider, [*one.labels, "zebra finch"])
    sections = sections_of([make_network(), make_network(predictions=other)])
    assert [section.labels[-1] for section in sections] == ["wren", "zebra finch"]


def test_a_row_that_was_trained_on_the_test_recordings_is_in_no_pair(make_network):
    """It would win by knowing the answers."""
    honest = make_network(family="honest", recipe="h")
    split = recordings()
    split.loc[split["split"] == "test", "split"] = "train"
    cheat = make_network(family="cheat", recipe="c", recordings=split, dataset=honest.dataset)
    for order in ([honest, cheat], [cheat, honest]):
        (section,) = sections_of(order)
        assert section.seen == {"cheat": 60}
        assert [recipe.label for recipe in section.fair] == ["honest"]


def test_what_was_selected_on_counts_as_trained_on(make_network):
    honest = make_network(family="honest", recipe="h")
    split = recordings(test="other")
    split.loc[split["recording_id"] == "owl 1", ["split", "audio"]] = "validation", "test clip 003"
    chosen = make_network(family="chosen", recipe="c", recordings=split, dataset=honest.dataset)
    (section,) = sections_of([honest, chosen])
    assert section.seen == {"chosen": 1}


def test_what_not_every_network_could_score_is_named(make_network):
    partly = make_network(predictions=answers(0.7, 1).part(np.arange(60) >= 2))
    (section,) = sections_of([make_network(), partly])
    assert section.unscored == ["clip 000", "clip 001"]
    assert {len(each.predictions[0].item_ids) for each in section.recipes} == {58}
