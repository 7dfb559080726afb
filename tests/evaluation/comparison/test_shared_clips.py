"""Rows are compared on the same recordings, or the one that fails on the hard ones would win."""

import numpy as np
import pytest
from birds import answers

from evaluation.bootstrap import check_paired
from evaluation.comparison.shared_clips import shared_clips
from evaluation.predictions import Predictions
from projects.errors import UserError


def test_clips_that_one_network_could_not_score_are_left_out_of_all():
    whole, other = answers(0.8, 1), answers(0.8, 2)
    partly = other.part(np.arange(60) >= 10)
    found = shared_clips([whole, partly])
    assert [len(each.item_ids) for each in found] == [50, 50]
    check_paired(*found)
    np.testing.assert_array_equal(found[0].probabilities, whole.probabilities[10:])


def test_clips_and_labels_in_another_order_are_brought_into_one():
    """Answers would otherwise be compared with those to other clips."""
    one = answers(0.8, 1)
    turned = Predictions(
        one.item_ids[::-1],
        one.groups[::-1],
        3 - one.truth[::-1],
        one.probabilities[::-1, ::-1],
        one.labels[::-1],
    )
    plain, found = shared_clips([one, turned])
    check_paired(plain, found)
    np.testing.assert_array_equal(plain.probabilities, found.probabilities)


def test_nothing_in_common_is_said():
    one = answers(0.8)
    with pytest.raises(UserError, match="every network could score"):
        shared_clips([one.part(np.arange(60) < 30), one.part(np.arange(60) >= 30)])
