"""Settings from a file and from the command line, as `mlflow run` passes them."""

import importlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field
from test_mlproject import CONFIGS, PROJECT

from projects.errors import UserError
from projects.settings_file import SettingsFile, read_settings


class Settings(SettingsFile):
    """Of every kind that a field may have."""

    rate: float = Field(0.001, ge=0)
    steps: int = 5
    fast: bool = True
    name: str = "bird"
    data: str | None = None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "best.yaml"


def test_a_default_leaves_the_word_to_the_file_and_any_other_value_wins(file):
    """`mlflow run` passes every parameter: the file would say nothing, or overrule the user."""
    file.write_text("rate: 0.5\nsteps: 9\nfast: false\ndata: here\n")
    passed = ["--config", str(file), "--rate", "0.001", "--steps", "7", "--fast", "True"]
    read = Settings.parse([*passed, "--data", ""])
    assert (read.rate, read.steps, read.fast, read.data) == (0.5, 7, False, "here")
    assert read.config == str(file)


def test_without_a_file_all_is_as_typed():
    assert Settings.parse(["--config", "", "--steps", "7"]) == Settings(steps=7)


FILED = [name for name in CONFIGS if "config" in PROJECT["entry_points"][name]["parameters"]]


@pytest.mark.parametrize("entry_point", [name for name in FILED if name != "tune"])
def test_what_a_bare_mlflow_run_passes_hides_no_line_of_the_file(entry_point, file):
    """A default spelt differently in MLproject would silently overrule the best configuration."""
    module, name = CONFIGS[entry_point]
    config = getattr(importlib.import_module(module), name)
    assert issubclass(config, SettingsFile)
    declared = PROJECT["entry_points"][entry_point]["parameters"]
    for setting, parameter in declared.items():
        passed = str(parameter.get("default", "")) or None
        assert config._is_default(setting, passed), setting


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "rate": st.floats(0, 1e300),
            "steps": st.integers(),
            "fast": st.booleans(),
            "name": st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1),
            "data": st.none(),
        },
    )
)
def test_what_a_study_writes_is_read_back(tmp_path_factory, settings):
    file = tmp_path_factory.mktemp("settings") / "best.yaml"
    file.write_text(yaml.safe_dump(settings))
    read = Settings.validated({"config": str(file)})
    assert read.model_dump(exclude={"config"}) == {
        **Settings().model_dump(exclude={"config"}),
        **settings,
    }


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n"
    for old, new in zip("bcdefghijk", "cdefghijkl", strict=True)
)
WRONG = {
    "no mapping": "- 1\n- 2\n",
    "nothing": "",
    "a list": "rate: [1, 2]\n",
    "a mapping": "rate: {deep: 1}\n",
    "a date": "rate: 2026-01-01\n",
    "no date": "rate: 2026-13-45\n",
    "a number as a name": "1: 2\n",
    "another file": "config: other.yaml\n",
    "an unknown setting": "raet: 0.5\n",
    "out of range": "rate: -1\n",
    "not finite": "rate: .inf\n",
    "code": "rate: !!python/object/apply:os.system ['touch hacked']\n",
    "a bomb": BOMB,
    "a bomb in one line": "a: " + "[" * 20_000,
    "two documents": "rate: 1\n---\nrate: 2\n",
    "a tab": "rate:\n\t- 1\n",
    "a control character": "rate: \x07\n",
    "too many digits": "steps: " + "9" * 5000 + "\n",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_or_hostile_file_is_one_short_line(file, tmp_path, monkeypatch, what):
    """A file from a stranger's run would run code, fill the memory or end in a traceback."""
    monkeypatch.chdir(tmp_path)
    file.write_text(WRONG[what])
    with pytest.raises(UserError) as told:
        Settings.validated({"config": str(file)})
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 6000
    assert not Path("hacked").exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00rate", b"rate: \x80"])
def test_what_is_no_text_is_one_line(file, content):
    file.write_bytes(content)
    with pytest.raises(UserError, match="expected a YAML file of settings at"):
        read_settings(str(file))


def test_a_file_that_is_missing_or_a_folder_is_one_line(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(UserError, match="expected a YAML file of settings at"):
            read_settings(str(path))
