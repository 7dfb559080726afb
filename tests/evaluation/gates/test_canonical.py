import hashlib
import json
import math
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evaluation.gates.canonical import gate_digest, gate_text
from evaluation.gates.ceiling import Ceiling
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.comparison import Comparison
from evaluation.gates.floor import PerClassFloor
from evaluation.gates.gate import Gate
from evaluation.gates.reader import BUNDLED, load_gate, parse_gate
from evaluation.gates.threshold import Threshold
from projects.errors import UserError

finite = st.floats(allow_nan=False, allow_infinity=False)
names = st.text(min_size=1, max_size=10)
symbols = st.sampled_from([">", ">=", "<", "<="])
comparisons = st.builds(Comparison, symbols, finite)


@st.composite
def thresholds(draw):
    pass_when, stop_when = draw(comparisons), draw(st.none() | comparisons)
    if stop_when is not None and pass_when.overlaps(stop_when):
        stop_when = None
    bound = draw(st.sampled_from(["value", "lower", "upper"]))
    return Threshold(draw(names), pass_when, stop_when, bound)


def rule_lists():
    return st.lists(thresholds(), max_size=4, unique_by=lambda rule: (rule.metric, rule.bound))


floors = st.builds(
    PerClassFloor,
    st.sampled_from(["precision", "recall", "f1", "average_precision"]),
    st.builds(Comparison, st.sampled_from([">", ">="]), finite),
    st.integers(1, 10**6),
)
above_zero = st.floats(0, exclude_min=True, allow_infinity=False)
ceilings = st.lists(
    st.builds(Ceiling, st.sampled_from(["latency", "size"]), above_zero),
    unique_by=lambda ceiling: ceiling.cost,
)
champions = st.builds(
    NotWorseThanChampion, names.filter(lambda name: name != "ece"), st.floats(0, 1e300)
)
gates = st.builds(
    Gate,
    names,
    rule_lists().map(tuple),
    st.none() | champions,
    st.none() | floors,
    ceilings.map(tuple),
)


def ordered(gate):
    """The gate as `==` should see it: the order of what it asks means nothing."""
    return replace(
        gate,
        rules=tuple(sorted(gate.rules, key=lambda rule: (rule.metric, rule.bound))),
        ceilings=tuple(sorted(gate.ceilings, key=lambda ceiling: ceiling.cost)),
    )


@given(gates)
def test_the_text_reads_back_as_the_very_gate(gate):
    """A decision could not be repeated from the registry alone."""
    assert ordered(parse_gate(gate_text(gate), "text")) == ordered(gate)


@given(gates, st.text(min_size=1))
def test_long_and_odd_names_read_back(gate, name):
    named = replace(gate, name=name * 300)
    assert parse_gate(gate_text(named), "text").name == named.name


@given(gates, gates)
def test_digests_agree_exactly_where_gates_do(one, other):
    """A gate made looser would pass for the one that was decided by."""
    assert gate_digest(one) == gate_digest(ordered(one))
    assert (gate_digest(one) == gate_digest(other)) is (ordered(one) == ordered(other))


@given(gates, st.randoms())
def test_the_order_of_rules_and_ceilings_changes_nothing(gate, random):
    """One gate would look like two."""
    shuffled = replace(
        gate,
        rules=tuple(random.sample(gate.rules, len(gate.rules))),
        ceilings=tuple(random.sample(gate.ceilings, len(gate.ceilings))),
    )
    assert gate_text(shuffled) == gate_text(gate)


GATE = """
name: mine
rules:
  - {metric: accuracy, pass: "> 0.65", stop: "< 0.5", bound: lower}
  - {metric: epochs_to_best, pass: "<= 20"}
champion: {metric: macro_f1, margin: 0.02}
floor: {metric: f1, pass: "> 0.1", support: 5}
ceilings: {latency: 1.5, size: 3}
"""
SAME = """# Limits of ours, see the notes.
ceilings:
  size: 3.00      # as much again
  latency: 15e-1
floor:
  support: 5
  pass: '>1e-1'
  metric: f1
champion: {margin: 2.0e-2, metric: "macro_f1"}
rules:
  - {pass: "<=   20.0", metric: epochs_to_best, bound: value}

  - {bound: lower, stop: "< 5e-1", pass: ">0.650", metric: accuracy}
name: "mine"
"""


def test_comments_spaces_and_order_of_keys_change_nothing():
    """A comment put right would look like another gate."""
    assert gate_digest(parse_gate(SAME, "same")) == gate_digest(parse_gate(GATE, "gate"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: mine", "name: Mine"),
        ("metric: accuracy", "metric: balanced_accuracy"),
        ("> 0.65", ">= 0.65"),
        ("> 0.65", "> 0.6500000000000001"),
        ("< 0.5", "<= 0.5"),
        ("< 0.5", "< 0.49999999999999994"),
        (', stop: "< 0.5"', ""),
        ("bound: lower", "bound: value"),
        ('  - {metric: epochs_to_best, pass: "<= 20"}\n', ""),
        ("metric: macro_f1", "metric: accuracy"),
        ("margin: 0.02", "margin: 0.020000000000000004"),
        ("champion: {metric: macro_f1, margin: 0.02}\n", ""),
        ("metric: f1,", "metric: recall,"),
        ("> 0.1", ">= 0.1"),
        ("> 0.1", "> 0.10000000000000002"),
        ("support: 5", "support: 6"),
        ('floor: {metric: f1, pass: "> 0.1", support: 5}\n', ""),
        ("latency: 1.5", "latency: 1.5000000000000002"),
        ("{latency: 1.5, size: 3}", "{latency: 3, size: 1.5}"),
        (", size: 3", ""),
        ("ceilings: {latency: 1.5, size: 3}\n", ""),
    ],
)
def test_every_change_of_what_is_asked_changes_the_digest(old, new):
    """A limit moved after the decision would go unnoticed, by however little it moved."""
    assert old in GATE
    changed = parse_gate(GATE.replace(old, new), "changed")
    assert gate_digest(changed) != gate_digest(parse_gate(GATE, "gate"))


def test_the_text_is_json_and_yaml_and_says_it_all():
    text = gate_text(parse_gate(GATE, "gate"))
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text) == yaml.safe_load(text)
    assert json.loads(text) == {
        "name": "mine",
        "rules": [
            {"metric": "accuracy", "pass": "> 0.65", "stop": "< 0.5", "bound": "lower"},
            {"metric": "epochs_to_best", "pass": "<= 20.0", "bound": "value"},
        ],
        "champion": {"metric": "macro_f1", "margin": 0.02},
        "floor": {"metric": "f1", "pass": "> 0.1", "support": 5},
        "ceilings": {"latency": 1.5, "size": 3.0},
    }


def test_the_digest_is_that_of_the_text_and_stays_what_it_was():
    """Another way of writing would cut every kept decision off from its gate."""
    text = (
        '{"champion":{"margin":0.02,"metric":"macro_f1"},"name":"mine",'
        '"rules":[{"bound":"value","metric":"ece","pass":"< 0.25"}]}'
    )
    rules = (Threshold("ece", Comparison("<", 0.25)),)
    gate = Gate("mine", rules, NotWorseThanChampion("macro_f1", 0.02))
    assert gate_text(gate) == text
    assert gate_digest(gate) == hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("number", [0.1 + 0.2, 1e-5, 1e22, 5e-324, math.pi])
def test_numbers_are_kept_to_the_last_digit(number):
    """`:g` keeps six digits, and YAML takes 1e-05 for text: the limit read back would differ."""
    gate = Gate(
        "exact",
        (Threshold("map", Comparison(">", number)),),
        NotWorseThanChampion("map", number),
        PerClassFloor("f1", Comparison(">", number), 1),
        (Ceiling("size", number),),
    )
    assert parse_gate(gate_text(gate), "text") == gate


def test_equal_numbers_are_one_number():
    """Gates that are equal in Python would have two digests."""
    whole = Gate("g", (Threshold("map", Comparison(">", 0)),), NotWorseThanChampion("map", 0))
    other = Gate("g", (Threshold("map", Comparison(">", -0.0)),), NotWorseThanChampion("map", -0.0))
    assert whole == other
    assert gate_digest(whole) == gate_digest(other)


def test_bundled_gates_read_back_and_differ():
    digests = set()
    for path in BUNDLED.glob("*.yaml"):
        gate = load_gate(path)
        assert ordered(parse_gate(gate_text(gate), "text")) == ordered(gate)
        digests.add(gate_digest(gate))
    assert len(digests) == len(list(BUNDLED.glob("*.yaml")))


def test_a_rule_that_no_file_can_hold_is_refused():
    """Left out of the text, it would be missing when the decision is repeated."""
    with pytest.raises(UserError, match="thresholds, got a Ceiling") as error:
        gate_text(Gate("g", (Ceiling("size", 2),)))
    assert "\n" not in str(error.value)
