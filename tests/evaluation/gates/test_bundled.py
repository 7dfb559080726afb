import pytest

from evaluation.bootstrap import Interval
from evaluation.gates.evidence import Evidence, NoChampion
from evaluation.gates.gate import decide
from evaluation.gates.reader import BUNDLED, load_gate
from evaluation.gates.verdict import Outcome


def outcome(name, evidence):
    return decide(load_gate(name), evidence, "digest").outcome


# Success Metrics of the two documents in seeds/; `default` and the losses as the comments say.
LIMITS = {
    "gate_2": {"accuracy": 0.55},
    "gate_3": {
        "accuracy": 0.65,
        "macro_f1": 0.45,
        "map": 0.50,
        "train_validation_gap": 0.15,
        "epochs_to_best": 20,
    },
    "stretch": {"accuracy": 0.75, "macro_f1": 0.55, "map": 0.60, "epochs_to_best": 12},
    "default": {"accuracy": 0.50, "macro_f1": 0.45, "map": 0.50, "ece": 0.25},
    "codec": {
        "pesq_wb": 3.5,
        "si_sdr": 15,
        "pesq_wb_lost": 0.3,
        "si_sdr_lost": 2,
        "unscored": 0.1,
    },
}
STOPS = {
    ("gate_2", "accuracy"): 0.50,
    ("default", "macro_f1"): 0.30,
    ("codec", "pesq_wb_lost"): 1,
    ("codec", "si_sdr_lost"): 6,
}
FALLING = {
    "train_validation_gap",
    "epochs_to_best",
    "ece",
    "pesq_wb_lost",
    "si_sdr_lost",
    "unscored",
}
ROWS = [(name, metric) for name, limits in LIMITS.items() for metric in limits]


def judged(name, metric, value):
    """The outcome of a gate's rule for one metric, the interval shrunk to the value."""
    evidence = Evidence({metric: Interval(value, value, value)}, "digest")
    rules = {rule.metric: rule for rule in load_gate(name).rules}
    assert set(rules) == set(LIMITS[name])
    return rules[metric].judge(evidence).outcome


@pytest.mark.parametrize(("name", "metric"), ROWS)
def test_limits_are_those_of_the_seed(name, metric):
    """A limit moved by a slip of the hand would move what gets promoted."""
    limit = LIMITS[name][metric]
    step = -1e-6 if metric in FALLING else 1e-6
    assert judged(name, metric, limit + step) is Outcome.PASS
    assert judged(name, metric, limit) is Outcome.INVESTIGATE


@pytest.mark.parametrize(("name", "metric"), ROWS)
def test_stops_are_where_the_comments_say_and_nowhere_else(name, metric):
    hopeless = 1e6 if metric in FALLING else 0
    stop = STOPS.get((name, metric))
    expected = Outcome.INVESTIGATE if stop is None else Outcome.STOP
    assert judged(name, metric, hopeless) is expected
    if stop is not None:
        beyond = 1e-6 if metric in FALLING else -1e-6
        assert judged(name, metric, stop) is Outcome.INVESTIGATE
        assert judged(name, metric, stop + beyond) is Outcome.STOP


def test_default_gate_asks_the_lower_bound_of_accuracy_and_no_loss_to_the_champion():
    gate = load_gate("default")
    assert gate.rules[0].bound == "lower"
    assert (gate.champion.metric, gate.champion.margin) == ("macro_f1", 0.02)


def test_codec_gate_asks_the_worse_bound_of_each_loss_and_no_loss_to_the_champion():
    """Of few groups the mean loss alone would pass by luck."""
    gate = load_gate("codec")
    assert {rule.metric for rule in gate.rules if rule.bound == "upper"} == {
        "pesq_wb_lost",
        "si_sdr_lost",
    }
    assert (gate.champion.metric, gate.champion.margin) == ("si_sdr", 0.5)


def test_published_encodec_at_6_kbit_does_not_pass_the_codec_gate():
    """PESQ-wb 2.64, SNR of 6 to 9 dB: even an autoencoder that loses nothing is no pass."""
    metrics = {name: Interval(0, 0, 0) for name in LIMITS["codec"]}
    metrics |= {"pesq_wb": Interval(2.64, 2.6, 2.7), "si_sdr": Interval(9, 8, 10)}
    found = outcome("codec", Evidence(metrics, "digest", NoChampion()))
    assert found is Outcome.INVESTIGATE


# The seed's own results (seeds/audio_feature_engineering.md, T051 and T058).
BASELINE = {"accuracy": 0.5451, "macro_f1": 0.3227, "map": 0.4173, "epochs_to_best": 4}
AUGMENTED = {"accuracy": 0.5728, "macro_f1": 0.3572, "map": 0.4308, "epochs_to_best": 17}


@pytest.mark.parametrize(("name", "scores"), [("gate_2", BASELINE), ("gate_3", AUGMENTED)])
def test_the_seeds_results_do_not_pass_the_seeds_gates(name, scores):
    """The seed's fault: gates in prose, passed with "PROCEED" and "PARTIAL SUCCESS"."""
    metrics = {metric: Interval(value) for metric, value in scores.items()}
    metrics["train_validation_gap"] = Interval(0.1)
    assert outcome(name, Evidence(metrics, "digest")) is Outcome.INVESTIGATE


def test_what_meets_the_seeds_goals_passes_all_their_gates():
    """A gate that nothing can pass would be as useless as one that all pass."""
    metrics = {
        "accuracy": Interval(0.8, 0.77, 0.83),
        "macro_f1": Interval(0.6, 0.57, 0.63),
        "map": Interval(0.7, 0.67, 0.73),
        "ece": Interval(0.05, 0.04, 0.06),
        "train_validation_gap": Interval(0.1),
        "epochs_to_best": Interval(9),
        "pesq_wb": Interval(3.9, 3.8, 4.0),
        "si_sdr": Interval(17, 16, 18),
        "pesq_wb_lost": Interval(0.1, 0.05, 0.15),
        "si_sdr_lost": Interval(0.5, 0.4, 0.6),
        "unscored": Interval(0.02),
    }
    names = [path.stem for path in BUNDLED.glob("*.yaml")]
    evidence = Evidence(metrics, "digest", NoChampion())
    assert {name: outcome(name, evidence) for name in names} == dict.fromkeys(names, Outcome.PASS)
