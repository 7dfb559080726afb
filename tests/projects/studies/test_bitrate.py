"""What a bit more a second buys: the front of quality and rate, and the gate as constraints."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_codec import save_tiny_codec, speech
from tiny_runs import tiny_config, tried, write_csv

from evaluation.bootstrap import Interval
from evaluation.findings import paired
from evaluation.gates.evidence import Evidence
from evaluation.gates.reader import load_gate
from evaluation.gates.verdict import Outcome as Judged
from evaluation.quality.metrics import HIGHER_IS_BETTER
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.study.settings import SAMPLE_RATE
from projects.errors import UserError
from projects.studies.bitrate import QUESTION, constraints, entropy_kbps, measure, prepare, space
from projects.studies.engine.space import grid, read_back, stored

METRICS = ("pesq_wb", "si_sdr", "pesq_wb_lost", "si_sdr_lost", "unscored")


@given(st.fixed_dictionaries({name: st.floats(-100, 100) for name in METRICS}))
def test_a_constraint_is_met_where_the_gate_passes_and_there_alone(values):
    """A study must not call feasible what the gate then refuses, nor the other way round."""
    gate = load_gate("codec")
    metrics = {name: Interval(value, value - 1, value + 1) for name, value in values.items()}
    evidence = Evidence(metrics, "digest")
    passed = [rule.judge(evidence).outcome == Judged.PASS for rule in gate.rules]
    assert [each < 0 for each in constraints(gate, metrics).values()] == passed


def test_a_constraint_says_by_how_much_the_gate_is_missed():
    """With yes and no alone, the sampler would not know which way leads towards the gate."""
    metrics = {name: Interval(1, 0, 4) for name in METRICS}
    assert list(constraints(load_gate("codec"), metrics).values()) == pytest.approx(
        [2.5, 14, 3.7, 2, 0.9]
    )


@pytest.mark.parametrize("measured", [{}, {"pesq_wb_lost": Interval(0.1)}])
def test_what_was_not_measured_is_not_met(measured):
    """With one speaker there is no interval: that is no reason to believe its bound."""
    assert constraints(load_gate("codec"), measured)["pesq_wb_lost upper"] == np.inf


def test_codes_that_never_change_carry_nothing_and_even_ones_their_ten_bits():
    even = np.tile(np.arange(1024), 2).reshape(1, 1, -1)
    codes = np.concatenate([even, np.zeros_like(even)], axis=1)
    trained = SimpleNamespace(
        train=SimpleNamespace(codes=codes, mask=np.ones((1, 2048), bool)),
        codec=SimpleNamespace(frame_rate=75.0),
    )
    assert entropy_kbps(trained) == pytest.approx(0.75)
    # Below the mask any code may stand.
    trained.train.codes = np.concatenate([codes, np.full((1, 2, 9), 7)], axis=2)
    trained.train.mask = np.arange(2057)[None] < 2048
    assert entropy_kbps(trained) == pytest.approx(0.75)


@pytest.mark.parametrize("bottleneck", [2048, 300])
def test_five_trials_have_every_rate_of_the_codec_under_the_same_conditions(bottleneck):
    """Otherwise the best rate may be no more than that of the luckier settings."""
    config = TrainAutoencoderConfig(bottleneck=bottleneck)
    sought = space(config)
    first = [read_back(each, sought) for each in grid(sought)[:5]]
    assert [each["bandwidth"] for each in first] == [1.5, 3, 6, 12, 24]
    assert {each["bottleneck"] for each in first} == {bottleneck}
    assert {each["learning_rate"] for each in first} == {config.learning_rate}
    assert stored(config.model_dump(), sought) in grid(sought)[:5]


def test_a_gate_that_cannot_be_answered_is_refused_before_any_work(tmp_path):
    gate = tmp_path / "gate.yaml"
    gate.write_text('name: mine\nrules:\n  - {metric: macro_f1, pass: "> 0.5"}\n')
    with pytest.raises(UserError, match="macro_f1"):
        prepare(TrainAutoencoderConfig(gate=str(gate)))


@pytest.mark.long
def test_a_trial_measures_quality_rate_and_what_the_codec_alone_keeps(url, tmp_path):
    sounds = {f"{n}.wav": speech(6, n % 2)[: (6 - n) * SAMPLE_RATE] for n in range(3)}
    data = write_csv(tmp_path, sounds, split=["train", "validation", "test"])
    config = tiny_config(data, save_tiny_codec(tmp_path / "codec"), split="groups", bandwidth=3)
    outcome = tried(config, lambda trained: measure(load_gate("codec"), trained))
    assert list(outcome.values) == list(QUESTION.objectives)
    assert outcome.values["kbps"] == 3
    assert 0 < outcome.measured["entropy_kbps"] <= 3
    for name in ("pesq_wb", "si_sdr"):
        lost = outcome.measured[f"codec_{name}"] - outcome.values[name]
        assert outcome.measured[f"{name}_lost"] == pytest.approx(lost)
        assert outcome.items[name].mean() == pytest.approx(outcome.values[name])
        assert HIGHER_IS_BETTER[name]
        assert QUESTION.objectives[name] == "maximize"
    assert paired(QUESTION.kind, outcome.items, outcome.items, QUESTION.quality).value == 0
    assert len(outcome.constraints) == 5
