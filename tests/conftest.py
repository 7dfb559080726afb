"""Small sets of recordings, and one trained store that several tests look at."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile

ROOT = Path(__file__).parents[1]

TINY_TRAINING = {
    "format": "csv",
    "segment_seconds": "1",
    "embedding_size": "16",
    "depth": "1",
    "heads": "2",
    "frequency_stride": "16",
    "epochs": "2",
    "batch_size": "8",
    "time_mask": "8",
    "workers": "1",
}

TINY_AUTOENCODER = {
    "demo_minutes": 1.5,
    "bandwidth": 1.5,
    "embedding_size": 4,
    "bottleneck": 16,
    "width": 4,
    "epochs": 2,
    "workers": 1,
    "test_fraction": 0.3,
    "validation_fraction": 0.3,
    "clip_seconds": 3,
    "clips_a_recording": 1,
}


def write_chirps(folder: Path, labels: int = 3, groups: int = 9, seed: int = 0) -> Path:
    """A CSV of short chirps: a label is a pitch, a group a recordist with a noise of its own."""
    rate = 22050
    times = np.arange(rate * 3 // 2) / rate
    rows = []
    for group in range(groups):
        for label in range(labels):
            random = np.random.default_rng([seed, group, label])
            pitch = 1500 * (label + 1)
            chirp = np.sin(2 * np.pi * (pitch + 400 * times) * times) * (times % 0.3 < 0.15)
            name = f"recordist {group} bird {label}.wav"
            samples = 0.4 * chirp + 0.01 * (group + 1) * random.normal(size=len(times))
            soundfile.write(folder / name, samples.astype(np.float32), rate)
            rows.append({"path": name, "label": f"bird {label}", "group": f"recordist {group}"})
    pd.DataFrame(rows).to_csv(folder / "recordings.csv", index=False)
    return folder / "recordings.csv"


def run_module(module: str, cwd: Path, **parameters: object) -> subprocess.CompletedProcess[str]:
    """Runs an entry point in a folder of its own, as `mlflow run --env-manager local` would."""
    return subprocess.run(
        command(module, **parameters), cwd=cwd, env=environment(), capture_output=True, text=True
    )


def command(module: str, **parameters: object) -> list[str]:
    """The command line of an entry point."""
    options = [text for name, value in parameters.items() for text in (f"--{name}", str(value))]
    return [sys.executable, "-m", module, *options]


def environment() -> dict[str, str]:
    """The environment of an entry point run outside the project's folder, with its own store."""
    # mlflow.set_tracking_uri in a test of this process would otherwise reach the child.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    return {**kept, "PYTHONPATH": str(ROOT), "MLFLOW_DISABLE_TELEMETRY": "true"}


@dataclass(frozen=True)
class Workplace:
    """A folder with recordings and an MLflow store."""

    folder: Path
    recordings: Path
    output: str

    @property
    def tracking_uri(self) -> str:
        return f"sqlite:///{self.folder / 'mlflow.db'}"


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database with its tables made, which takes seconds, to be copied."""
    path = tmp_path_factory.mktemp("database") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture(scope="session")
def easy_gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gate that any working model passes, so that the way behind it can be tested."""
    path = tmp_path_factory.mktemp("gate") / "easy.yaml"
    rule = '- {metric: accuracy, pass: ">= 0.0"}'
    path.write_text(f"name: easy\nrules:\n  {rule}\nchampion: {{metric: macro_f1, margin: 1.0}}\n")
    return path


@pytest.fixture(scope="session")
def trained(
    tmp_path_factory: pytest.TempPathFactory, easy_gate: Path, empty_database: Path
) -> Workplace:
    """A store in which `train_ast` was run once on chirps and its version became champion."""
    folder = tmp_path_factory.mktemp("trained")
    shutil.copy(empty_database, folder)
    recordings = write_chirps(folder)
    done = run_module(
        "projects.species.train_ast", folder, data=recordings, gate=easy_gate, **TINY_TRAINING
    )
    assert done.returncode == 0, done.stderr
    return Workplace(folder, recordings, done.stdout)
