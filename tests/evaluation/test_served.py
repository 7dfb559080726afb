"""A model is judged by the code whose digest is on record."""

import py_compile
import sys
from pathlib import Path

import mlflow
import pytest
from local_store import tracking
from mlflow.pyfunc import PythonModel

from evaluation.served import load_served
from projects.errors import UserError

SOURCE = """
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

import {helper}


class Model(PythonModel):
    knows = {helper}.KNOWS

    def predict(self, context, model_input: list[str]) -> list[str]:
        return model_input


set_model(Model())
"""


class Planted(PythonModel):
    """Unpickling it leaves a file."""

    def __reduce__(self):
        return Path.touch, (Path("unpickled"),)

    def predict(self, context, model_input: list[str]) -> list[str]:
        return model_input


@pytest.fixture
def logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Logs a model whose code says what it knows; gives its folder."""
    monkeypatch.chdir(tmp_path)

    def log(helper: str) -> Path:
        (tmp_path / f"{helper}.py").write_text("KNOWS = 'the source'\n")
        (tmp_path / "model.py").write_text(SOURCE.format(helper=helper))
        monkeypatch.syspath_prepend(tmp_path)
        folder = tmp_path / "saved"
        mlflow.pyfunc.save_model(
            folder,
            python_model=str(tmp_path / "model.py"),
            code_paths=[str(tmp_path / f"{helper}.py")],
            pip_requirements=[],
        )
        return folder

    with tracking(f"sqlite:///{tmp_path / 'mlflow.db'}"):
        yield log


def test_compiled_code_planted_beside_the_source_is_not_run(logged, monkeypatch):
    """Else a model could pass its gate with other code than the one in its digest."""

    folder = logged("planted_helper")
    for path in (Path.cwd(), folder / "code"):
        planted = path / "__pycache__" / "planted_helper.cpython-311.pyc"
        other = path / "other.txt"
        other.write_text("KNOWS = 'what was planted'\n")
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(other), str(planted), doraise=True, invalidation_mode=mode)
    sys.modules.pop("planted_helper", None)
    model = load_served(str(folder), "test model", "knows")
    assert model.unwrap_python_model().knows == "the source"


def test_loading_leaves_nothing_beside_a_model(logged, monkeypatch):
    """Where PYTHONDONTWRITEBYTECODE is set, nothing would be left anyway."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = logged("quiet_helper")
    before = sorted(folder.rglob("*"))
    load_served(str(folder), "test model", "knows")
    assert sorted(folder.rglob("*")) == before


def test_a_model_of_another_kind_is_refused_in_one_line(logged):
    folder = logged("other_helper")
    with pytest.raises(UserError, match="expected a registered test model") as raised:
        load_served(str(folder), "test model", "sings")
    assert "\n" not in str(raised.value)


def test_a_pickled_model_is_refused_before_it_is_unpickled(tmp_path, monkeypatch):
    """Else whoever may register a model could run anything wherever it is evaluated."""
    monkeypatch.chdir(tmp_path)
    mlflow.pyfunc.save_model("pickled", python_model=Planted(), pip_requirements=[])
    with pytest.raises(UserError, match="nothing is unpickled here") as raised:
        load_served("pickled", "test model", "predict")
    assert "\n" not in str(raised.value)
    assert not Path("unpickled").exists()
