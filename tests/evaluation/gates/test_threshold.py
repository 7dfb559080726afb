import math

import pytest

from evaluation.bootstrap import Interval
from evaluation.gates.comparison import Comparison
from evaluation.gates.evidence import Evidence
from evaluation.gates.threshold import Threshold
from evaluation.gates.verdict import Outcome
from projects.errors import UserError

GATE_2 = Threshold("accuracy", Comparison(">", 0.55), Comparison("<", 0.50))


def judge(rule, measured):
    metrics = {} if measured is None else {rule.metric: measured}
    return rule.judge(Evidence(metrics, "digest"))


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (0.56, Outcome.PASS),
        (0.55, Outcome.INVESTIGATE),
        (0.50, Outcome.INVESTIGATE),
        (0.49, Outcome.STOP),
    ],
)
def test_value_meets_pass_stop_or_neither(value, outcome):
    assert judge(GATE_2, Interval(value)).outcome is outcome


def test_the_seeds_54_51_per_cent_is_not_a_pass():
    """The seed's fault: a gate of 55 % "passed with caution" at 54.51 %, and all went on."""
    row = judge(GATE_2, Interval(0.5451))
    assert row.outcome is Outcome.INVESTIGATE
    assert row.outcome is not Outcome.PASS
    assert row.miss == pytest.approx(0.0049)


@pytest.mark.parametrize(
    ("bound", "outcome"),
    [("value", Outcome.PASS), ("lower", Outcome.INVESTIGATE), ("upper", Outcome.PASS)],
)
def test_the_bound_that_was_asked_for_is_judged(bound, outcome):
    """A small test set would pass by luck if the value were judged for the lower bound."""
    rule = Threshold("accuracy", Comparison(">", 0.55), Comparison("<", 0.50), bound)
    assert judge(rule, Interval(0.57, 0.51, 0.63)).outcome is outcome


@pytest.mark.parametrize("bound", ["value", "lower", "upper"])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", ["value", "lower", "upper"])
def test_a_number_that_is_not_finite_is_an_error(bound, bad, place):
    """A diverged model must not pass on the bound that happens to be finite."""
    rule = Threshold("accuracy", Comparison(">", -1), bound=bound)
    measured = Interval(**({"value": 0.6, "lower": 0.5, "upper": 0.7} | {place: bad}))
    assert judge(rule, measured).outcome is Outcome.ERROR


def test_what_was_not_measured_is_an_error():
    row = judge(GATE_2, None)
    assert row.outcome is Outcome.ERROR
    assert row.note == "not measured"


def test_a_bound_that_is_not_there_is_an_error():
    rule = Threshold("epochs_to_best", Comparison("<", 20), bound="upper")
    row = judge(rule, Interval(4))
    assert row.outcome is Outcome.ERROR
    assert row.note == "has no upper bound"


@pytest.mark.parametrize("stop", [Comparison("<", 0.6), Comparison(">", 0.1)])
def test_a_stop_that_meets_the_pass_is_refused(stop):
    with pytest.raises(UserError, match="far side") as error:
        Threshold("accuracy", Comparison(">", 0.55), stop)
    assert "\n" not in str(error.value)
