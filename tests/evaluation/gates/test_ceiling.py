import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.bootstrap import Interval
from evaluation.gates.ceiling import Ceiling
from evaluation.gates.evidence import Compared, Evidence, NoChampion, NotComparable
from evaluation.gates.verdict import Outcome
from projects.errors import UserError

LATENCY = Ceiling("latency", 1.5)
COMPARED = Compared("macro_f1", Interval(0.1, 0.0, 0.2), "digest")
costs = st.floats(1e-6, 1e12)
times = st.floats(0.01, 100)


def judge(ours, theirs, rule=LATENCY, champion=COMPARED):
    return rule.judge(Evidence({}, "digest", champion, costs=ours, champion_costs=theirs))


@pytest.mark.parametrize(
    ("ours", "outcome", "miss"),
    [
        (0.10, Outcome.PASS, 0),
        (0.30, Outcome.PASS, 0),
        (0.32, Outcome.INVESTIGATE, 0.1),
        (200.0, Outcome.INVESTIGATE, 998.5),
    ],
)
def test_a_dearer_model_is_looked_at_and_never_stopped(ours, outcome, miss):
    """Half a point of F1 bought with ten times the latency would be promoted unseen."""
    row = judge({"latency": ours}, {"latency": 0.2})
    assert row.outcome is outcome
    assert row.measured == Interval(ours / 0.2)
    assert row.miss == pytest.approx(miss)


def test_the_cost_that_was_asked_for_is_judged():
    ours, theirs = {"latency": 1.0, "size": 4e6}, {"latency": 1.0, "size": 1e6}
    assert judge(ours, theirs, Ceiling("latency", 3)).outcome is Outcome.PASS
    assert judge(ours, theirs, Ceiling("size", 3)).outcome is Outcome.INVESTIGATE


def test_a_first_model_passes():
    """Nothing could ever be promoted to an empty registry otherwise."""
    row = judge({"latency": 1.0}, None, champion=NoChampion())
    assert (row.outcome, row.note) == (Outcome.PASS, "first model")


@pytest.mark.parametrize("champion", [None, COMPARED, NotComparable("other labels")])
def test_costs_that_nobody_asked_the_champion_for_are_an_error(champion):
    assert judge({"latency": 1.0}, None, champion=champion).outcome is Outcome.ERROR


@pytest.mark.parametrize("whose", ["the model", "the champion"])
@pytest.mark.parametrize(
    "bad", [{}, {"size": 1.0}, *({"latency": x} for x in (0.0, -1.0, math.nan, math.inf))]
)
def test_a_cost_that_is_no_cost_is_an_error(whose, bad):
    """A stopwatch that failed reads 0, and 0 is below every ceiling."""
    good = {"latency": 1.0}
    row = judge(bad, good) if whose == "the model" else judge(good, bad)
    assert (row.outcome, row.note) == (Outcome.ERROR, f"{whose} has no latency above 0")


@given(costs, costs, times, st.floats(0, 1, exclude_min=True))
def test_a_cheaper_model_never_gives_a_worse_outcome(ours, theirs, ceiling, share):
    rule = Ceiling("size", ceiling)
    before = judge({"size": ours}, {"size": theirs}, rule).outcome
    after = judge({"size": max(ours * share, 1e-9)}, {"size": theirs}, rule).outcome
    assert after.severity <= before.severity


@given(costs, st.floats(1, 100))
def test_the_champion_itself_is_never_too_dear(cost, ceiling):
    both = {"size": cost}
    assert judge(both, both, Ceiling("size", ceiling)).outcome is Outcome.PASS


@pytest.mark.parametrize("bad", [0, -1.5, math.nan, math.inf])
def test_a_ceiling_out_of_range_is_refused(bad):
    """An infinite one would look like a rule and be none."""
    with pytest.raises(UserError, match="ceiling above 0") as error:
        Ceiling("latency", bad)
    assert "\n" not in str(error.value)
