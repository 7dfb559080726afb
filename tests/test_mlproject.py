"""The front door says what the entry points do; the two environments are one."""

import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest
import yaml
from conftest import environment, write_chirps

from projects.config import Config

ROOT = Path(__file__).parents[1]
PROJECT = yaml.safe_load((ROOT / "MLproject").read_text())
CONFIGS = {
    "train_ast": ("projects.species.train_ast", "AstConfig"),
    "main": ("projects.species.train_ast", "AstConfig"),
    "train_efficientnet": ("projects.species.train_efficientnet", "EfficientNetConfig"),
    "train_baseline": ("projects.species.train_baseline", "BaselineConfig"),
    "train_ensemble": ("projects.species.train_ensemble", "EnsembleConfig"),
    "fetch_recordings": ("projects.audio.fetch_recordings", "FetchConfig"),
    "compare": ("projects.species.compare", "CompareConfig"),
    "generate_features": ("projects.species.data", "FeatureConfig"),
    "evaluate": ("evaluation.evaluate", "EvaluateConfig"),
    "annotate": ("projects.species.annotate", "AnnotateConfig"),
    "generate_codes": ("projects.codec.generate_codes", "GenerateCodesConfig"),
    "train_codec": ("projects.codec.training.config", "TrainCodecConfig"),
    "train_autoencoder": ("projects.codec.autoencoder.job", "TrainAutoencoderConfig"),
    "evaluate_codec": ("projects.codec.evaluate_codec", "EvaluateCodecConfig"),
    "tune": ("projects.studies.tune", "TuneConfig"),
    "confirm": ("projects.studies.confirm", "ConfirmConfig"),
    "promote": ("registry.promote", "PromoteConfig"),
    "rollback": ("registry.rollback_job", "RollbackConfig"),
    "history": ("registry.history", "HistoryConfig"),
    "audit": ("registry.audit", "AuditConfig"),
    "serve": ("registry.serve", "ServeConfig"),
    "dashboard": ("dashboards.dashboard", "DashboardConfig"),
    "accounts": ("registry.accounts", "AccountsConfig"),
}
REQUIRED = {
    "audio": "dawn.wav",
    "model": "birds",
    "version": "1",
    "reason": "why",
    "promoters": "ann",
    "study": "run",
    "query": "gen:turdus",
    "out": "pages",
    "members": "models:/birds/1,models:/birds/2",
}
"""Values for parameters without a default."""


def config_of(entry_point: str) -> type[Config]:
    module, name = CONFIGS[entry_point]
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("entry_point", CONFIGS)
def test_every_parameter_of_mlproject_is_one_of_the_model_with_the_same_default(entry_point):
    """Otherwise `-P` sets something that nothing reads, or a bare run differs from the CLI's."""
    declared = PROJECT["entry_points"][entry_point]["parameters"]
    config = config_of(entry_point)
    assert list(declared) == list(config.model_fields)
    needed = {n: REQUIRED[n] for n, field in config.model_fields.items() if field.is_required()}
    assert needed.keys() == {n for n, p in declared.items() if "default" not in p}
    defaults = {
        n: None if p["default"] == "" else p["default"]
        for n, p in declared.items()
        if "default" in p
    }
    by_mlproject = config.validated(defaults | needed)
    assert by_mlproject.model_dump() == config.validated(needed).model_dump()


@pytest.mark.parametrize("entry_point", CONFIGS)
def test_the_command_passes_each_parameter_under_its_own_name(entry_point):
    """Otherwise a parameter is accepted and dropped on the way."""
    words = shlex.split(PROJECT["entry_points"][entry_point]["command"])
    assert words[:2] == ["python", "-m"]
    passed = dict(zip(words[3::2], words[4::2], strict=True))
    declared = PROJECT["entry_points"][entry_point]["parameters"]
    assert passed == {f"--{name}": f"{{{name}}}" for name in declared}


def test_main_is_train_ast():
    assert PROJECT["entry_points"]["main"] == PROJECT["entry_points"]["train_ast"]


def test_conda_users_get_the_environment_of_everyone_else():
    python_env = yaml.safe_load((ROOT / "python_env.yaml").read_text())
    conda = yaml.safe_load((ROOT / "conda.yaml").read_text())
    pip = next(part["pip"] for part in conda["dependencies"] if isinstance(part, dict))
    assert pip == python_env["dependencies"]
    assert f"python={python_env['python']}" in conda["dependencies"]
    assert isinstance(python_env["python"], str)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_no_registry_is_named(name):
    """Otherwise tomorrow's install is another one, or works only where this one was made."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line.strip()]
    requirements = [line for line in lines if not line.lstrip().startswith("#")]
    assert all(re.match(r"^[A-Za-z0-9_.\-\[\]]+==\S+( ;.*)?$", line) for line in requirements)
    assert not any("://" in line or line.startswith("-") for line in requirements)


@pytest.mark.slow
def test_a_bare_mlflow_run_needs_no_pyenv_and_makes_one_run(tmp_path):
    """`make setup` builds the environment that MLflow looks for, under the name it looks for."""
    recordings = write_chirps(tmp_path, labels=1, groups=2)
    env = {**environment(), "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path / 'mlflow.db'}"}
    folders = [str(Path(sys.executable).parent), *os.defpath.split(os.pathsep)]
    parameters = {"data": recordings, "format": "csv", "store": tmp_path / "features"}
    done = subprocess.run(
        ["mlflow", "run", str(ROOT), "-e", "generate_features"]
        + [word for name, value in parameters.items() for word in ("-P", f"{name}={value}")],
        cwd=tmp_path,
        env={**env, "PATH": os.pathsep.join(folders)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "features: 2 done, 0 cached, 0 failed" in done.stdout
    store = mlflow.MlflowClient(env["MLFLOW_TRACKING_URI"])
    (run,) = store.search_runs(["0"])
    assert run.info.status == "FINISHED"
    assert run.data.metrics["features.done"] == 2
    assert run.data.params["config.front_end"] == "log_mel"
