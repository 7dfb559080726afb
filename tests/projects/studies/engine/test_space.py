"""What is proposed, kept and given back are the same settings."""

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.errors import UserError
from projects.studies.engine.space import Choice, Real, Whole, grid, proposed, read_back, stored

WHOLES = st.tuples(st.integers(-50, 50), st.integers(0, 50)).map(lambda p: Whole(p[0], sum(p)))
REALS = st.tuples(st.floats(0.01, 10), st.floats(0.1, 10), st.booleans()).map(
    lambda p: Real(p[0], p[0] + p[1], log=p[2])
)
CHOICES = st.lists(st.text() | st.floats(0, 9) | st.none(), min_size=1, unique=True).map(
    lambda values: Choice(tuple(values))
)


def one_of(draw, each):
    if isinstance(each, Choice):
        return draw(st.sampled_from(each.values))
    kind = st.integers if isinstance(each, Whole) else st.floats
    return draw(kind(each.low, each.high))


@st.composite
def spaces(draw):
    """A space and settings in it."""
    space = draw(st.dictionaries(st.text(min_size=1), WHOLES | REALS | CHOICES, max_size=4))
    return space, {name: one_of(draw, each) for name, each in space.items()}


@given(spaces())
def test_settings_come_back_from_what_is_stored(drawn):
    """The best configuration would not be the one that was tried."""
    space, settings = drawn
    assert read_back(stored(settings, space), space) == settings


@given(spaces())
def test_an_enqueued_trial_gets_exactly_its_settings(drawn):
    """The first trial would not be the configuration as it stands."""
    space, settings = drawn
    trial = optuna.trial.FixedTrial(stored(settings, space))
    assert proposed(trial, space) == pytest.approx(settings)


def test_what_a_sampler_proposes_can_be_read_back():
    space = {"n": Whole(1, 3), "r": Real(0.1, 10, log=True), "c": Choice((2, "two", None))}
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(0))
    for _ in range(20):
        trial = study.ask()
        settings = proposed(trial, space)
        assert read_back(trial.params, space) == settings
        assert stored(settings, space) == trial.params


@pytest.mark.parametrize(
    ("each", "value"),
    [
        (Whole(0, 5), 6),
        (Whole(0, 5), None),
        (Whole(0, 5), 2.5),
        (Real(0, 1), -0.1),
        (Real(0, 1), float("nan")),
        (Real(0, 1), None),
        (Real(0, 1), "half"),
        (Choice((1, 2)), 3),
    ],
)
def test_a_configuration_outside_the_space_is_refused_in_one_line(each, value):
    """The study would begin with something else than what stands."""
    with pytest.raises(UserError, match="masks: expected a value that the study looks at") as told:
        stored({"masks": value}, {"masks": each})
    assert "\n" not in str(told.value)


@given(st.lists(st.integers(1, 4), max_size=3))
def test_a_grid_has_every_combination_once(sizes):
    """A question that tries all would leave one out, or pay twice."""
    space = {f"setting {n}": Choice(tuple("abcd"[:size])) for n, size in enumerate(sizes)}
    combinations = {tuple(read_back(each, space).values()) for each in grid(space)}
    assert len(combinations) == len(grid(space))
    product = 1
    for size in sizes:
        product *= size
    assert len(combinations) == product
