from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from projects.config import Config
from projects.errors import UserError
from projects.species.data import FeatureConfig


class Example(Config):
    """An example."""

    rate: int = Field(22050, ge=1000, le=96000, description="Hz, within 50 % of the truth")
    loss: Literal["focal", "cross_entropy"] = "focal"
    augment: bool = True
    fraction: float = Field(0.5, ge=0, description="share")
    cutoff: float | None = Field(None, description="Hz")
    store: Path = Path("features")
    name: str = "species"


class Demanding(Config):
    """One that cannot do without."""

    data: Path


def refusal(arguments, config=Example):
    with pytest.raises(UserError) as caught:
        config.parse(arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("config", [Example, FeatureConfig])
def test_help_lists_every_option_with_its_default(config, capsys):
    with pytest.raises(SystemExit) as caught:
        config.parse(["--help"])
    shown = capsys.readouterr().out
    assert caught.value.code == 0
    for name, field in config.model_fields.items():
        assert f"--{name}" in shown
        assert f"default: {field.default}" in " ".join(shown.split())


def test_help_prints_percent_signs_as_they_are(capsys):
    with pytest.raises(SystemExit):
        Example.parse(["--help"])
    assert "within 50 % of the truth" in " ".join(capsys.readouterr().out.split())


def test_help_says_what_is_required(capsys):
    with pytest.raises(SystemExit):
        Demanding.parse(["--help"])
    shown = capsys.readouterr().out
    assert "required" in shown
    assert "Undefined" not in shown


def test_a_misspelt_parameter_is_refused_with_the_right_names():
    message = refusal(["--rat", "1"])
    assert "--rat" in message
    assert "rate" in message.split("expected")[1]


def test_a_word_without_an_option_is_refused():
    assert "'stray'" in refusal(["stray"])


@pytest.mark.parametrize(
    ("arguments", "expected", "got"),
    [
        (["--rate", "abc"], "integer", "'abc'"),
        (["--rate", "22050.5"], "integer", "'22050.5'"),
        (["--rate", "100"], "greater than or equal to 1000", "'100'"),
        (["--rate", "1000000"], "less than or equal to 96000", "'1000000'"),
        (["--loss", "hinge"], "'focal' or 'cross_entropy'", "'hinge'"),
        (["--augment", "maybe"], "boolean", "'maybe'"),
        (["--fraction", "-0.1"], "greater than or equal to 0", "'-0.1'"),
        (["--fraction", "nan"], "finite", "'nan'"),
        (["--fraction", "inf"], "finite", "'inf'"),
    ],
)
def test_a_wrong_value_is_refused_with_expected_and_got(arguments, expected, got):
    name = arguments[0].removeprefix("--")
    message = refusal(arguments)
    assert message.startswith(f"{name}: expected")
    assert expected in message
    assert message.endswith(f"got {got}")


def test_all_wrong_values_are_named_at_once():
    message = refusal(["--rate", "abc", "--loss", "hinge"])
    assert "rate:" in message
    assert "loss:" in message


def test_an_option_without_its_value_is_no_traceback():
    assert "rate" in refusal(["--rate"])


def test_a_required_value_that_is_missing_is_named():
    assert refusal([], Demanding) == "data: expected a value, got none"


def test_empty_means_not_given_where_none_is_allowed():
    assert Example.parse(["--cutoff", ""]).cutoff is None


@pytest.mark.parametrize("name", ["rate", "loss", "augment", "fraction", "store", "name"])
def test_an_empty_value_never_passes_for_a_value(name):
    """An empty store would be the current folder, an empty name a model without one."""
    message = refusal([f"--{name}", ""])
    assert message.startswith(f"{name}: expected")
    assert message.endswith("got nothing")


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("false", False), ("True", True), ("False", False)]
)
def test_booleans_are_read_as_words(text, value):
    """`--augment false` taken for a non-empty, so true, text would train with it."""
    assert Example.parse(["--augment", text]).augment is value


def test_a_value_keeps_spaces_signs_and_accents():
    values = Example.parse(["--name", "Ærfugl 50 % = ok", "--store", "/tmp/a b/ß"])
    assert values.name == "Ærfugl 50 % = ok"
    assert values.store == Path("/tmp/a b/ß")


def test_a_configuration_cannot_be_changed_after_validation():
    values = Example.parse([])
    with pytest.raises(ValueError, match="frozen"):
        values.rate = 1


def test_an_unknown_name_is_refused_from_python_too():
    with pytest.raises(UserError, match="unknown parameter 'rat'"):
        Example.validated({"rat": 1})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--format", "csv"], "data=PATH with format=csv"),
        (["--segment_seconds", "0.5"], "greater than or equal to 1"),
        (["--high_pass", "20000"], "less than or equal to 5000"),
        (["--front_end", "mfcc"], "'log_mel' or 'ast_fbank'"),
        (["--workers", "0"], "greater than or equal to 1"),
        (["--backend", "spark"], "'loky' or 'dask'"),
    ],
)
def test_the_features_entry_point_refuses_what_it_cannot_do(arguments, expected):
    assert expected in refusal(arguments, FeatureConfig)


def test_the_high_pass_reaches_the_front_end():
    """A parameter that is parsed and never used: the seed's own fault, with MixUp."""
    assert FeatureConfig.parse(["--high_pass", "800"]).built_front_end().high_pass == 800
    assert FeatureConfig.parse([]).built_front_end().high_pass == 500
    assert FeatureConfig.parse(["--front_end", "ast_fbank"]).built_front_end().high_pass == 0
    longer = FeatureConfig.parse(["--segment_seconds", "5"]).built_front_end()
    assert longer.segment_samples == 5 * longer.sample_rate
