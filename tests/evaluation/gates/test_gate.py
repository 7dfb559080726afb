import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.bootstrap import Interval
from evaluation.gates.ceiling import Ceiling
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.comparison import Comparison
from evaluation.gates.evidence import Compared, Evidence, NoChampion
from evaluation.gates.floor import PerClassFloor
from evaluation.gates.gate import Gate, decide
from evaluation.gates.threshold import Threshold
from evaluation.gates.verdict import Outcome, Row
from projects.errors import UserError

METRICS = ["accuracy", "macro_f1", "map"]
limits = st.floats(0, 1)
bad_numbers = st.sampled_from([math.nan, math.inf, -math.inf])


class Always:
    """A rule of another kind, as a later one will be."""

    def __init__(self, outcome):
        self.outcome = outcome

    def judge(self, evidence):
        return Row(f"always {self.outcome.value}", self.outcome)


@st.composite
def thresholds(draw):
    low, high = sorted([draw(limits), draw(limits)])
    metric = draw(st.sampled_from(METRICS))
    bound = draw(st.sampled_from(["value", "lower", "upper"]))
    stop = draw(st.sampled_from([None, Comparison("<", low)]))
    return Threshold(metric, Comparison(">", high), stop, bound)


@st.composite
def measured(draw, numbers=limits):
    lower, value, upper = sorted([draw(numbers), draw(numbers), draw(numbers)])
    return Interval(value, lower, upper)


gates = st.builds(
    Gate,
    st.just("drawn"),
    st.lists(thresholds(), min_size=1, max_size=4).map(tuple),
    st.one_of(st.none(), st.builds(NotWorseThanChampion, st.just("macro_f1"), limits)),
)
champions = st.one_of(
    st.just(NoChampion()),
    st.builds(Compared, st.just("macro_f1"), measured(st.floats(-1, 1)), st.just("digest")),
)
evidences = st.builds(
    Evidence,
    st.fixed_dictionaries({name: measured() for name in METRICS}),
    st.just("digest"),
    champions,
)


def outcome(gate, evidence):
    return decide(gate, evidence, "digest").outcome


@given(gates, evidences, st.data())
def test_no_gate_passes_on_a_number_that_is_not_finite(gate, evidence, data):
    """A diverged model with a NaN score would be promoted."""
    spoilt = data.draw(st.sampled_from([rule.metric for rule in gate.rules]))
    place = data.draw(st.sampled_from(["value", "lower", "upper"]))
    bad = replace(evidence.metrics[spoilt], **{place: data.draw(bad_numbers)})
    evidence = replace(evidence, metrics={**evidence.metrics, spoilt: bad})
    assert outcome(gate, evidence) is Outcome.ERROR


@given(gates, evidences, st.data())
def test_no_gate_passes_on_a_missing_metric(gate, evidence, data):
    """A metric renamed in the training code would silently stop being gated."""
    gone = data.draw(st.sampled_from([rule.metric for rule in gate.rules]))
    metrics = {name: value for name, value in evidence.metrics.items() if name != gone}
    assert outcome(gate, replace(evidence, metrics=metrics)) is Outcome.ERROR


def raised(interval, by):
    return Interval(interval.value + by, interval.lower + by, interval.upper + by)


@given(gates, evidences, st.sampled_from(METRICS), limits)
def test_a_better_metric_never_gives_a_worse_outcome(gate, evidence, name, by):
    metrics = {**evidence.metrics, name: raised(evidence.metrics[name], by)}
    improved = replace(evidence, metrics=metrics)
    assert outcome(gate, improved).severity <= outcome(gate, evidence).severity


@given(gates, evidences, limits)
def test_a_greater_lead_never_gives_a_worse_outcome(gate, evidence, by):
    if isinstance(evidence.champion, Compared):
        lead = replace(evidence.champion, difference=raised(evidence.champion.difference, by))
        improved = replace(evidence, champion=lead)
        assert outcome(gate, improved).severity <= outcome(gate, evidence).severity


@given(st.lists(st.sampled_from(Outcome), min_size=1))
def test_a_gate_is_as_bad_as_its_worst_rule(outcomes):
    """One STOP among many passes must stop: the order is ERROR, STOP, INVESTIGATE, PASS."""
    gate = Gate("drawn", tuple(Always(each) for each in outcomes))
    order = [Outcome.ERROR, Outcome.STOP, Outcome.INVESTIGATE, Outcome.PASS]
    expected = next(each for each in order if each in outcomes)
    assert outcome(gate, Evidence({}, "digest")) is expected


FLOOR = PerClassFloor("f1", Comparison(">", 0.1), 5)
CEILING = Ceiling("size", 3)
CLASSES = {"wren": {"support": 9, "f1": 0.9}}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"champion": NotWorseThanChampion("macro_f1", 0.02)},
        {"floor": FLOOR},
        {"ceilings": (CEILING,)},
    ],
)
def test_a_gate_without_rules_is_an_error(asked):
    """An empty gate would let every model through, a small one that knows nothing too."""
    evidence = Evidence({}, "digest", NoChampion(), CLASSES)
    assert outcome(Gate("empty", (), **asked), evidence) is Outcome.ERROR


@pytest.mark.parametrize(
    ("f1", "size", "expected"),
    [
        (0.9, 3.0, Outcome.PASS),
        (0.0, 3.0, Outcome.INVESTIGATE),
        (0.9, 3.1, Outcome.INVESTIGATE),
        (math.nan, 3.0, Outcome.ERROR),
        (0.9, math.nan, Outcome.ERROR),
    ],
)
def test_floor_and_ceilings_count_beside_the_rules(f1, size, expected):
    """Read but not judged, they would be comments."""
    gate = Gate("all", (Always(Outcome.PASS),), floor=FLOOR, ceilings=(CEILING,))
    evidence = Evidence(
        {},
        "digest",
        Compared("macro_f1", Interval(0, 0, 0), "digest"),
        {"wren": {"support": 9, "f1": f1}},
        {"size": size},
        {"size": 1.0},
    )
    verdict = decide(gate, evidence, "digest")
    assert verdict.outcome is expected
    assert len(verdict.rows) == 3


def test_two_ceilings_for_one_cost_are_refused():
    """The looser one may be the one somebody relies on."""
    with pytest.raises(UserError, match="one ceiling a cost, got size, size"):
        Gate("twice", (Always(Outcome.PASS),), ceilings=(Ceiling("size", 2), Ceiling("size", 3)))


@pytest.mark.parametrize(("came", "asked"), [("other", "digest"), ("", ""), ("digest", "")])
def test_scores_of_another_test_set_are_an_error(came, asked):
    """A model scored on easy clips would pass the gate of the hard ones."""
    gate = Gate("open", (Always(Outcome.PASS),))
    verdict = decide(gate, Evidence({}, came), asked)
    assert verdict.outcome is Outcome.ERROR
    assert (came or "no digest") in verdict.table()


def test_without_a_champion_rule_nobody_need_look_for_a_champion():
    gate = Gate("open", (Always(Outcome.PASS),))
    assert outcome(gate, Evidence({}, "digest", champion=None)) is Outcome.PASS


def test_table_says_what_was_asked_what_came_and_by_how_much_it_misses():
    limits = {"accuracy": "lower", "macro_f1": "value", "map": "value"}
    rules = [
        Threshold(metric, Comparison(">", 0.5), Comparison("<", 0.3), bound)
        for metric, bound in limits.items()
    ]
    metrics = {"accuracy": Interval(0.5451, 0.48, 0.61), "macro_f1": Interval(0.2)}
    verdict = decide(Gate("mine", tuple(rules)), Evidence(metrics, "digest"), "digest")
    assert verdict.table().splitlines() == [
        "| rule                       | measured | interval     | outcome     | misses by | note"
        "         |",
        "|----------------------------|----------|--------------|-------------|-----------|-----"
        "---------|",
        "| accuracy lower bound > 0.5 | 0.5451   | 0.48 to 0.61 | INVESTIGATE | 0.02      |     "
        "         |",
        "| macro_f1 > 0.5             | 0.2      | -            | STOP        | 0.3       |     "
        "         |",
        "| map > 0.5                  | -        | -            | ERROR       | -         | not "
        "measured |",
    ]
