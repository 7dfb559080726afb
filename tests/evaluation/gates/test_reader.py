import pytest

from evaluation.gates.ceiling import Ceiling
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.comparison import Comparison
from evaluation.gates.floor import PerClassFloor
from evaluation.gates.gate import Gate
from evaluation.gates.reader import BUNDLED, load_gate, parse_gate
from evaluation.gates.threshold import Threshold
from projects.errors import UserError

GATE = """
name: mine
rules:
  - metric: accuracy
    pass: "> 0.65"
    stop: "< 0.50"
    bound: lower
  - metric: epochs_to_best
    pass: "<= 20"
champion: {metric: macro_f1, margin: 0.02}
floor: {metric: recall, pass: "> 0.1", support: 5}
ceilings: {size: 3, latency: 1.5}
"""


@pytest.fixture
def gate_file(tmp_path):
    def write(text):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_file_is_read_in_full(gate_file):
    """A part not read is a limit not enforced."""
    assert load_gate(gate_file(GATE)) == Gate(
        name="mine",
        rules=(
            Threshold("accuracy", Comparison(">", 0.65), Comparison("<", 0.5), "lower"),
            Threshold("epochs_to_best", Comparison("<=", 20), None, "value"),
        ),
        champion=NotWorseThanChampion("macro_f1", 0.02),
        floor=PerClassFloor("recall", Comparison(">", 0.1), 5),
        ceilings=(Ceiling("latency", 1.5), Ceiling("size", 3)),
    )


def test_path_may_be_a_string(gate_file):
    assert load_gate(str(gate_file(GATE))).name == "mine"


@pytest.mark.parametrize("name", ["default", "gate_2", "gate_3", "stretch"])
def test_bundled_gate_is_found_by_the_name_it_bears(name):
    assert load_gate(name).name == name


def test_bundled_gate_can_also_be_read_by_its_path():
    assert load_gate(BUNDLED / "gate_2.yaml") == load_gate("gate_2")


def test_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(UserError, match=r"default, gate_2, gate_3, stretch, got 'gate_9'") as error:
        load_gate("gate_9")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("stop:", "stopp:", "rule 1.stopp: Extra inputs"),
        ("rules:", "rulez:", "rules: Field required"),
        ("champion:", "champions:", "champions: Extra inputs"),
        ("name: mine", "name: ''", "name: String should have at least 1"),
        ("margin: 0.02", "margin: wide", "champion.margin: Input should be a valid number"),
        ("margin: 0.02", "margin: -0.02", "champion: Expected a champion margin"),
        ("margin: 0.02", "margin: .nan", "champion: Expected a champion margin"),
        ("bound: lower", "bound: middle", "rule 1.bound: Input should be 'value', 'lower'"),
        ('"> 0.65"', "0.65", "rule 1.pass: Input should be a valid string"),
        ('"> 0.65"', '"about 0.65"', r"rule 1 \(accuracy\): Expected one of > >= < <="),
        ('"<= 20"', '"< inf"', r"rule 2 \(epochs_to_best\): Expected one of"),
        ('"< 0.50"', '"< 0.70"', r"rule 1 \(accuracy\): Expected a stop that no passing"),
        ('"> 0.65"', "> 0.65", "expected YAML"),
        ("    bound: lower\n", '    pass: "> 0.1"\n', "key 'pass' given twice"),
        ("champion:", "rules: []\nchampion:", "key 'rules' given twice"),
        ("metric: recall", "metric: macro_f1", "floor.metric: Input should be 'precision'"),
        ("> 0.1", "< 0.1", "floor: Expected a floor with >"),
        ("> 0.1", "0.1", "floor: Expected one of"),
        ("support: 5", "support: 0", "floor: Expected a floor for classes of 1"),
        ("support: 5", "support: 5.5", "floor.support: Input should be a valid integer"),
        ("support: 5", "suport: 5", "floor.support: Field required"),
        ("size: 3", "sizes: 3", "ceilings.sizes.*: Input should be 'latency' or 'size'"),
        ("size: 3", "size: -3", "ceilings: Expected a size ceiling above 0"),
        ("size: 3", "size: .inf", "ceilings: Expected a size ceiling above 0"),
        ("size: 3", "size: yes", "ceilings.size: Input should be a valid number"),
        ("size: 3", "latency: 3", "key 'latency' given twice"),
        ("name: mine", "name: 2026-99-99", "expected YAML, got month must be"),
    ],
)
def test_a_slip_is_refused_with_its_place(gate_file, old, new, says):
    """Read past, a misspelt or doubled key would drop a limit and let bad models through."""
    assert old in GATE
    path = gate_file(GATE.replace(old, new))
    with pytest.raises(UserError, match=says) as error:
        load_gate(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "just words", "- a list", "rules: null\nname: x"])
def test_what_is_no_gate_is_refused(gate_file, text):
    path = gate_file(text)
    with pytest.raises(UserError) as error:
        load_gate(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_metric_limited_twice_is_refused(gate_file):
    """The looser of two limits may be the one somebody relies on."""
    text = GATE.replace("metric: epochs_to_best", "metric: accuracy\n    bound: lower")
    with pytest.raises(UserError, match=r"rule 2 \(accuracy\): expected one rule a metric"):
        load_gate(gate_file(text))


def test_value_and_bound_of_one_metric_may_both_be_limited(gate_file):
    text = GATE.replace("metric: epochs_to_best", "metric: accuracy")
    assert len(load_gate(gate_file(text)).rules) == 2


def test_text_from_elsewhere_is_read_as_a_file_is(gate_file):
    """A gate kept in the registry would judge otherwise than its file."""
    assert parse_gate(GATE, "the registry") == load_gate(gate_file(GATE))
    with pytest.raises(UserError, match=r"^the registry, name: Field required"):
        parse_gate(GATE.replace("name:", "#"), "the registry")


def test_a_file_in_another_encoding_is_refused_with_its_place(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_bytes(GATE.replace("mine", "m\u00eene").encode("latin-1"))
    with pytest.raises(UserError, match="expected UTF-8") as error:
        load_gate(path)
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize("number", ["1e-2", "1.0e-2", "0.01", "1E-02"])
def test_a_margin_may_be_written_with_an_exponent(number):
    """YAML 1.1 takes 1e-2 for text."""
    assert parse_gate(GATE.replace("0.02", number), "x").champion.margin == 0.01


def test_without_floor_and_ceilings_nothing_is_asked_of_them():
    plain = parse_gate(GATE[: GATE.index("floor")], "x")
    assert (plain.floor, plain.ceilings) == (None, ())
