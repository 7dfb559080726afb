"""The main job from recordings to a champion, on a store of its own."""

import base64
import json
import shutil
import signal
import subprocess
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import TINY_TRAINING, Workplace, command, environment, run_module
from local_store import newest_curve
from model_server import ask, running_model

from projects.species.train import train_species
from projects.species.train_ast import AstConfig

pytestmark = pytest.mark.slow


@pytest.fixture
def store(trained: Workplace, monkeypatch: pytest.MonkeyPatch) -> mlflow.MlflowClient:
    monkeypatch.chdir(trained.folder)
    mlflow.set_tracking_uri(trained.tracking_uri)
    return mlflow.MlflowClient(trained.tracking_uri)


def training_run(store: mlflow.MlflowClient) -> mlflow.entities.Run:
    experiment = store.get_experiment_by_name("species")
    return store.search_runs([experiment.experiment_id], order_by=["start_time"])[0]


def artifacts(store: mlflow.MlflowClient, run_id: str, folder: str) -> set[str]:
    return {Path(found.path).name for found in store.list_artifacts(run_id, folder)}


def version_of(store: mlflow.MlflowClient, alias: str) -> str:
    return str(store.get_model_version_by_alias("species-classifier", alias).version)


def test_one_run_holds_all_that_a_person_needs_to_trust_the_model(trained, store):
    run = training_run(store)
    assert run.info.status == "FINISHED"
    assert run.data.params["config.embedding_size"] == TINY_TRAINING["embedding_size"]
    assert {f"test.{m}{b}" for m in ("accuracy", "macro_f1", "map") for b in ("", ".lower")} <= set(
        run.data.metrics
    )
    assert len(store.get_metric_history(run.info.run_id, "validation.macro_f1")) == 2
    contexts = {i.tags[0].value: i.dataset.digest for i in run.inputs.dataset_inputs}
    assert {"train", "validation", "test"} <= set(contexts)
    assert artifacts(store, run.info.run_id, "test") >= {
        "report.md",
        "recordings.csv",
        "classes.csv",
        "failures.csv",
        "confusion_matrix.png",
        "class_f1.png",
        "reliability.png",
    }
    assert artifacts(store, run.info.run_id, "training") >= {"curves.png", "augmentation.png"}
    assert artifacts(store, run.info.run_id, "environment") == {"packages.txt", "machine.json"}
    mistakes = artifacts(store, run.info.run_id, "test/mistakes")
    assert all(name.endswith(".flac") for name in mistakes)


def test_the_first_passing_version_is_champion_by_a_recorded_decision(trained, store):
    version = store.get_model_version_by_alias("species-classifier", "champion")
    assert str(version.version) == "1"
    assert version_of(store, "candidate") == "1"
    assert version.run_id == training_run(store).info.run_id
    decision = store.get_run(version.tags["decision.run"])
    assert decision.data.tags["decision"] == "promoted"
    assert decision.data.tags["champion.before"] == ""
    assert decision.data.tags["evidence"].startswith(f"{version.run_id}/")
    assert "gate easy: PASS" in trained.output
    assert "species-classifier version 1 is @champion" in trained.output


def test_no_recordist_is_on_two_sides(trained, store):
    """The seed split by species alone, and so tested on birds it had trained on."""
    path = store.download_artifacts(training_run(store).info.run_id, "dataset/split.csv")
    split = pd.read_csv(path)
    assert (split.groupby("group")["split"].nunique() == 1).all()
    assert set(split["split"]) == {"train", "validation", "test"}


def test_the_model_holds_no_pickle(trained):
    """Loading someone's model must not run their code."""
    files = {path.suffix for path in trained.folder.glob("mlruns/*/models/**/*") if path.is_file()}
    assert ".safetensors" in files
    assert not files & {".pkl", ".pickle", ".pt", ".pth", ".bin", ".joblib"}


def test_the_same_command_gives_the_same_metrics_and_meets_the_champion(
    trained, store, easy_gate, capsys
):
    settings = {**TINY_TRAINING, "data": trained.recordings, "gate": str(easy_gate)}
    first = training_run(store)
    with mlflow.start_run(experiment_id=first.info.experiment_id) as started:
        train_species(AstConfig.validated(settings))
    second = store.get_run(started.info.run_id)
    for name, value in first.data.metrics.items():
        if not name.startswith(("features.", "train.seconds")):
            assert second.data.metrics[name] == value, name
    printed = capsys.readouterr().out
    assert "features: 0 done, 27 cached, 0 failed" in printed
    assert "is @champion; before: 1" in printed
    assert version_of(store, "champion") == "2"
    assert version_of(store, "previous") == "1"


@pytest.mark.long
def test_killed_in_training_the_same_command_finishes_with_the_same_network(
    trained, tmp_path, easy_gate, empty_database
):
    """A power cut at epoch 50 must cost one epoch, and change nothing in the result."""
    settings = {**TINY_TRAINING, "epochs": 4, "data": trained.recordings, "gate": easy_gate}
    settings["store"] = trained.folder / ".syrinx/features"
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
        shutil.copy(empty_database, folder)
    assert run_module("projects.species.train_ast", whole, **settings).returncode == 0
    _kill_at_second_epoch(broken, settings)
    done = run_module("projects.species.train_ast", broken, **settings)
    assert done.returncode == 0, done.stderr
    assert "going on from" in done.stderr
    assert "epoch 1 of 4" not in done.stderr
    assert _network(whole) == _network(broken)
    curves = [newest_curve(folder, "species", "train.loss") for folder in (whole, broken)]
    assert len(curves[0]) == 4
    assert curves[1] == curves[0]
    assert not list((broken / ".syrinx/training").glob("*/checkpoint-*"))


def _kill_at_second_epoch(folder: Path, settings: dict[str, object]) -> None:
    process = subprocess.Popen(
        command("projects.species.train_ast", **settings),
        cwd=folder,
        env=environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    for line in process.stderr:
        if "epoch 2 of 4" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()


def _network(folder: Path) -> bytes:
    (weights,) = (folder / "mlruns").rglob("model.safetensors")
    return weights.read_bytes()


@pytest.fixture
def served(trained: Workplace, tmp_path: Path):
    """The champion behind `mlflow models serve`, started far from the project's folder."""
    champion = "models:/species-classifier@champion"
    with running_model(trained.tracking_uri, champion, tmp_path) as url:
        yield url


def _ask(url: str, audio: bytes, **params: int) -> tuple[int, dict]:
    return ask(url, base64.b64encode(audio).decode(), **params)


def test_the_champion_serves_recordings_of_any_length_and_rate(served, tmp_path):
    random = np.random.default_rng(0)
    for seconds, rate, name in ((0.5, 8000, "a.wav"), (13.3, 48000, "b.flac"), (4, 44100, "c.ogg")):
        noise = 0.1 * random.normal(size=(int(seconds * rate), 2))
        soundfile.write(tmp_path / name, noise, rate)
        status, answer = _ask(served, (tmp_path / name).read_bytes(), top_k=2)
        assert status == 200, answer
        (row,) = answer["predictions"]
        assert row["top"][0]["species"] == row["species"]
        assert len(row["top"]) == 2
        assert 1 >= row["probability"] >= row["top"][1]["probability"] > 0
    status, answer = _ask(served, b"this is not audio")
    assert status == 400
    assert "expected WAV, FLAC, OGG or MP3" in json.dumps(answer)
