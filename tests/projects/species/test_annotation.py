from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from projects.species.annotation import Annotation, merged

ANNOTATIONS = st.lists(
    st.builds(
        lambda start, length, species, probability: Annotation(
            start / 2, (start + length) / 2, species, probability
        ),
        st.integers(0, 40),
        st.integers(1, 8),
        st.sampled_from(["wren", "robin"]),
        st.floats(0, 1),
    )
)


def cells(annotations, species):
    """The half seconds over which a species is annotated."""
    return {
        half
        for each in annotations
        if each.species == species
        for half in range(round(2 * each.start), round(2 * each.end))
    }


@given(ANNOTATIONS)
def test_what_is_joined_covers_what_it_was_joined_from(annotations):
    """A call would be lost, or silence between two be called a call."""
    for species in ("wren", "robin"):
        assert cells(merged(annotations), species) == cells(annotations, species)


@given(ANNOTATIONS)
def test_no_two_of_one_species_touch(annotations):
    """One call would be several selections in Raven."""
    joined = merged(annotations)
    for species in ("wren", "robin"):
        own = [each for each in joined if each.species == species]
        assert all(a.end < b.start for a, b in pairwise(own))


@given(ANNOTATIONS)
def test_each_has_the_highest_probability_of_what_it_was_joined_from(annotations):
    for each in merged(annotations):
        within = [
            part.probability
            for part in annotations
            if part.species == each.species and each.start <= part.start and part.end <= each.end
        ]
        assert each.probability == max(within)


@given(ANNOTATIONS, st.randoms())
def test_the_order_in_which_windows_answer_does_not_matter(annotations, random):
    shuffled = random.sample(annotations, len(annotations))
    joined = merged(shuffled)
    assert joined == merged(annotations)
    assert joined == sorted(joined, key=lambda each: (each.start, each.species))
    assert merged(joined) == joined
