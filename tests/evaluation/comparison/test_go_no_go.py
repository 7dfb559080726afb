"""Each gate's answer as one sentence that says which number decides."""

import pytest

from evaluation.bootstrap import Interval
from evaluation.comparison.go_no_go import classification_gates, go_no_go
from evaluation.gates.reader import load_gate, parse_gate
from evaluation.gates.verdict import Outcome

GATE_2, GATE_3 = load_gate("gate_2"), load_gate("gate_3")
FINE = {
    "accuracy": Interval(0.7, 0.6, 0.8),
    "macro_f1": Interval(0.6, 0.5, 0.7),
    "map": Interval(0.6, 0.5, 0.7),
    "train_validation_gap": Interval(0.1),
    "epochs_to_best": Interval(10),
}


def sentence(gate, **metrics):
    found = {**FINE, **{name: Interval(value) for name, value in metrics.items()}}
    return go_no_go(gate, found, {}, "d1").sentence()


@pytest.mark.parametrize(
    ("accuracy", "expected"),
    [
        (0.56, "gate_2: GO"),
        (0.53, "gate_2: INVESTIGATE: accuracy 0.53 lies between 0.5 and 0.55"),
        (0.55, "gate_2: INVESTIGATE: accuracy 0.55 lies between 0.5 and 0.55"),
        (0.4272, "gate_2: STOP: accuracy 0.4272 is below 0.5"),
        (float("nan"), "gate_2: ERROR: accuracy is not finite"),
    ],
)
def test_the_seeds_second_gate(accuracy, expected):
    """The seed wrote PROCEED at 54.51 %; between the limits is no pass."""
    assert sentence(GATE_2, accuracy=accuracy) == expected


def test_every_rule_that_fails_is_named():
    assert sentence(GATE_3, accuracy=0.5728, map=0.43) == (
        "gate_3: INVESTIGATE: accuracy 0.5728 is not above 0.65; map 0.43 is not above 0.5"
    )


def test_what_was_not_measured_is_no_pass():
    """An ensemble has no epochs, and must not go through for it."""
    found = {name: each for name, each in FINE.items() if name != "epochs_to_best"}
    answer = go_no_go(GATE_3, found, {}, "d1")
    assert answer.sentence() == "gate_3: ERROR: epochs_to_best is not measured"
    assert answer.outcome is Outcome.ERROR


def test_a_bound_that_is_missing_or_too_low_is_told_as_a_bound():
    gate = load_gate("default")
    metrics = {**FINE, "ece": Interval(0.1)}
    low = go_no_go(gate, {**metrics, "accuracy": Interval(0.7, 0.4, 0.8)}, {}, "d1")
    assert low.sentence() == ("default: INVESTIGATE: accuracy, lower bound, 0.4 is not above 0.5")
    none = go_no_go(gate, {**metrics, "accuracy": Interval(0.7)}, {}, "d1")
    assert none.sentence() == "default: ERROR: accuracy has no lower bound"


def test_a_floor_is_judged_on_the_classes():
    gate = parse_gate(
        'name: f\nrules: [{metric: accuracy, pass: "> 0"}]\n'
        'floor: {metric: f1, pass: "> 0.3", support: 5}\n',
        "a test",
    )
    classes = {"owl": {"support": 9.0, "f1": 0.1}, "wren": {"support": 9.0, "f1": 0.8}}
    found = go_no_go(gate, FINE, classes, "d1").sentence()
    assert found.startswith("f: INVESTIGATE: f1 > 0.3 in each class") and "owl 0.1" in found


def test_gates_of_other_kinds_of_models_are_left_out():
    """A classifier has no PESQ."""
    names = [gate.name for gate in classification_gates()]
    assert names == ["default", "gate_2", "gate_3", "stretch"]


def test_what_a_gate_asks_beside_a_champion_is_left_out():
    """Nothing is promoted by a comparison; nobody looks for a champion."""
    gate = load_gate("default")
    assert gate.champion
    assert go_no_go(gate, {**FINE, "ece": Interval(0.1)}, {}, "d1").sentence() == "default: GO"
