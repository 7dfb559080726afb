import json

from hypothesis import given, settings
from hypothesis import strategies as st

from projects.codec.autoencoder.seen import Seen

SECONDS = st.integers(0, 30)
STRETCH = st.tuples(st.sampled_from("ab"), SECONDS, SECONDS).filter(lambda each: each[1] < each[2])
STRETCHES = st.lists(STRETCH)


@settings(deadline=None)
@given(STRETCHES, st.sampled_from("abc"), SECONDS, st.integers(1, 10))
def test_a_stretch_is_touched_where_any_second_of_it_was_heard(stretches, audio, start, length):
    """Scored on what it was trained on, a model seems better than it is."""
    heard = {(name, second) for name, since, until in stretches for second in range(since, until)}
    asked = {(audio, second) for second in range(start, start + length)}
    seen = Seen.from_rows(stretches)
    assert seen.touches(audio, start, start + length) == bool(heard & asked)


@given(STRETCHES, st.lists(st.sampled_from("ab")))
def test_what_was_heard_survives_being_written(stretches, whole):
    """A model that forgot what it had heard would be judged on it."""
    seen = Seen.from_rows(stretches) | Seen.whole(whole)
    assert Seen.from_rows(json.loads(json.dumps(seen.rows()))) == seen


def test_a_recording_heard_to_its_end_is_heard_wherever_one_asks():
    seen = Seen.whole(["a"])
    assert seen.touches("a", 0, 0.01)
    assert seen.touches("a", 86_000, 86_400)
    assert not seen.touches("b", 0, 10)


def test_either_counts():
    both = Seen.whole(["codec's"]) | Seen.from_rows([["network's", 0, 5]])
    assert both.touches("codec's", 7, 9)
    assert both.touches("network's", 4, 9)
    assert not both.touches("network's", 5, 9)
