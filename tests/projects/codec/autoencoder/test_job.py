import pytest

from evaluation.gates.reader import load_gate
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.autoencoder.judgement import CHAMPION_RULE, Judge
from projects.errors import UserError
from projects.parallel import FanOut

DEFAULT = TrainAutoencoderConfig()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("split", "random"),
        ("video_rate", 0),
        ("text_rate", -1),
        ("clip_seconds", 0.5),
        ("clip_seconds", 21),
        ("clips_a_recording", 0),
        ("model_name", "a/b"),
        ("bandwidth", 0),
        ("tr", 0.1),
        ("epoch", 3),
    ],
)
def test_what_no_training_could_use_is_refused_by_name(name, value):
    with pytest.raises(UserError, match=name):
        TrainAutoencoderConfig.validated({name: value})


@pytest.mark.parametrize(
    "changed",
    [
        {"epochs": 3},
        {"bandwidth": 1.5},
        {"tr": 2.0},
        {"split": "groups"},
        {"video_rate": 25.0},
        {"split_seed": 1},
        {"demo_seed": 1},
    ],
)
def test_settings_that_change_the_network_make_another_training(changed):
    """Else a killed training would go on under other settings, and nobody would know."""
    other = TrainAutoencoderConfig.validated(changed)
    assert other.what_is_trained() != DEFAULT.what_is_trained()


@pytest.mark.parametrize(
    "changed",
    [
        {"clip_seconds": 5},
        {"clips_a_recording": 3},
        {"gate": "default"},
        {"model_name": "other"},
        {"workers": 1},
        {"store": "elsewhere"},
    ],
)
def test_settings_that_do_not_leave_a_killed_training_usable(changed):
    """A slip in the gate's name, found after hours, must not cost the training."""
    other = TrainAutoencoderConfig.validated(changed)
    assert other.what_is_trained() == DEFAULT.what_is_trained()


def test_rates_are_those_that_are_given():
    given = TrainAutoencoderConfig.validated({"video_rate": 25})
    assert given.rates() == {"video": 25.0}
    assert DEFAULT.rates() == {}
    assert (given.cutting.seconds, given.cutting.most) == (10.0, 12)


def test_a_gate_that_asks_for_what_is_not_measured_is_refused_before_training():
    with pytest.raises(UserError, match=r"gate default: expected metrics of pesq_wb.*'accuracy'"):
        Judge.of("default", FanOut(workers=1))


def test_a_champion_can_be_compared_on_what_is_better_higher_only(tmp_path):
    """Turned round, non-inferiority would let every worse model through."""
    path = tmp_path / "gate.yaml"
    path.write_text(
        'name: g\nrules:\n  - {metric: stoi, pass: "> 0.5"}\n'
        "champion: {metric: log_mel_distance, margin: 1}\n"
    )
    with pytest.raises(UserError, match="expected a champion metric of pesq_wb"):
        Judge.of(str(path), FanOut(workers=1))


def test_a_gate_that_forgets_the_champion_is_held_to_it_all_the_same(tmp_path):
    path = tmp_path / "gate.yaml"
    path.write_text('name: g\nrules:\n  - {metric: stoi, pass: "> 0.5"}\n')
    assert Judge.of(str(path), FanOut(workers=1)).gate.champion == CHAMPION_RULE
    assert Judge.of("codec", FanOut(workers=1)).gate == load_gate("codec")
