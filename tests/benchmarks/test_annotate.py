import pytest

from benchmarks.annotate import precision, recall
from projects.audio.aviary.soundscape import Call
from projects.species.annotation import Annotation


def annotation(start, end, species="wren"):
    return Annotation(start, end, species, 0.9)


CALLS = [Call(10, 14, "wren", 5), Call(12, 15, "robin", 5), Call(70, 74, "wren", 5)]


def test_an_annotation_is_right_where_it_overlaps_a_call_of_its_species():
    """A figure that counts the wrong bird, or the right one at another time, is no figure."""
    found = [
        annotation(9, 11),  # right
        annotation(13.9, 20),  # right
        annotation(14, 20),  # touches a wren, overlaps a robin
        annotation(71, 72, "robin"),  # another species
    ]
    assert precision(found, CALLS).value == pytest.approx(2 / 4)


def test_a_call_that_is_found_twice_is_found_once():
    found = [annotation(9, 11), annotation(13, 15), annotation(14, 20, "robin")]
    assert recall(found, CALLS).value == pytest.approx(2 / 3)
    assert recall([], CALLS).value == 0


def test_the_interval_is_over_minutes():
    """Calls of one minute share its weather: they are not independent evidence."""
    assert precision([annotation(9, 11), annotation(50, 51)], CALLS).lower is None
    spread = recall([annotation(9, 11)], CALLS)
    assert spread.lower == 0 < spread.value < spread.upper


def test_no_annotations_have_no_precision():
    """Nought of nought is neither good nor bad."""
    measured = precision([], CALLS)
    assert measured.value != measured.value
