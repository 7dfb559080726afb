"""Species with few recordings are what an average hides."""

import math

import numpy as np
import pytest
from birds import answers
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from evaluation.bootstrap import intervals
from evaluation.classification import METRICS
from evaluation.comparison.rare_species import (
    gains,
    macro_f1_over,
    mean_f1_by_class,
    rare_species,
)
from evaluation.predictions import Predictions

counts = st.dictionaries(st.text(min_size=1), st.integers(0, 9), min_size=1)


def test_the_lowest_third_is_rare_the_rarest_first():
    training = {"owl": 2, "wren": 9, "robin": 5, "tit": 1, "jay": 7, "rook": 8}
    assert rare_species(training) == ["tit", "owl"]


def test_species_with_equally_few_recordings_are_all_rare():
    """Otherwise the alphabet would decide who is."""
    assert rare_species({"a": 3, "b": 3, "c": 3, "d": 9, "e": 9}) == ["a", "b", "c"]


def test_where_all_are_equally_common_none_is_rare():
    assert rare_species({"a": 3, "b": 3, "c": 3}) == []
    assert rare_species({"a": 3}) == []


@given(counts)
def test_whoever_is_rare_has_fewer_recordings_than_whoever_is_not(training):
    rare = rare_species(training)
    assert len(rare) < len(training)
    common = [training[each] for each in training if each not in rare]
    assert all(training[each] < min(common) for each in rare)
    if len(set(training.values())) > 1:
        assert rare


def test_f1_over_all_species_is_macro_f1_as_sklearn_has_it():
    predictions = answers(0.7, 3)
    once = np.ones((1, 60))
    rare = ["owl", "wren"]
    places = [predictions.labels.index(each) for each in rare]
    expected = f1_score(predictions.truth, predictions.predicted, labels=places, average="macro")
    assert macro_f1_over(rare)(predictions, once)[0] == pytest.approx(expected)
    everything = macro_f1_over(predictions.labels)
    plain = intervals(predictions, {"all": everything, "macro": METRICS["macro_f1"]})
    assert plain["all"] == plain["macro"]


def test_calling_everything_rare_gains_nothing():
    """Recall alone would praise a model that shouts owl at every blackbird."""
    honest = answers(0.8, 1)
    owl = honest.labels.index("owl")
    shouted = Predictions(
        honest.item_ids,
        honest.groups,
        honest.truth,
        np.tile(np.eye(4)[owl], (60, 1)),
        honest.labels,
    )
    (gain,) = gains({"honest": [honest], "shouts": [shouted]}, "honest", ["owl"])
    assert (gain.rose, gain.fell) == ([], ["owl"])
    assert gain.difference.value < 0


def test_who_gained_is_told_beside_the_reference_with_an_interval():
    recipes = {"old": [answers(0.4, 1)], "new": [answers(0.9, 2), answers(0.9, 3)]}
    (gain,) = gains(recipes, "old", ["owl", "wren"])
    assert (gain.label, gain.rose, gain.fell) == ("new", ["owl", "wren"], [])
    new, old = (mean_f1_by_class(recipes[name]) for name in ("new", "old"))
    expected = np.mean([new[each] - old[each] for each in ("owl", "wren")])
    assert gain.difference.value == pytest.approx(expected)
    assert gain.difference.lower < expected < gain.difference.upper


def test_a_rare_species_of_few_recordists_is_in_some_draws_only():
    """NaN of the draws without it must not make the interval NaN."""
    one, other = (
        each.part((each.truth != 1) | (np.arange(60) < 8))
        for each in (answers(0.6, 1), answers(0.9, 2))
    )
    (gain,) = gains({"a": [one], "b": [other]}, "a", ["owl"])
    assert all(map(math.isfinite, (gain.difference.lower, gain.difference.upper)))


def test_without_a_test_recording_of_a_rare_species_nothing_is_said():
    one, other = (each.part(each.truth != 1) for each in (answers(0.6, 1), answers(0.9, 2)))
    (gain,) = gains({"a": [one], "b": [other]}, "a", ["owl"])
    assert (gain.difference, gain.rose, gain.fell) == (None, [], [])
