"""From recordings and a champion to tables, on a store in which one was trained."""

import io
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import Workplace

from projects.errors import UserError
from projects.species.annotate import AnnotateConfig, annotate

pytestmark = pytest.mark.long

RATE = 22050


@pytest.fixture
def store(trained: Workplace, monkeypatch: pytest.MonkeyPatch) -> mlflow.MlflowClient:
    monkeypatch.chdir(trained.folder)
    mlflow.set_tracking_uri(trained.tracking_uri)
    return mlflow.MlflowClient(trained.tracking_uri)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder with a chirp of the training's, the same in another format, silence, and damage."""
    folder = tmp_path / "dawn"
    (folder / "ridge").mkdir(parents=True)
    times = np.arange(20 * RATE) / RATE
    chirp = np.sin(2 * np.pi * (3000 + 400 * (times % 1.5)) * times) * (times % 0.3 < 0.15)
    noise = 0.01 * np.random.default_rng(0).standard_normal(len(times))
    samples = 0.4 * chirp * ((times > 5) & (times < 9)) + noise
    soundfile.write(folder / "first.wav", samples, RATE)
    soundfile.write(folder / "ridge" / "a\tb\n#2%.flac", samples, RATE)
    soundfile.write(folder / "silent.wav", 0 * samples, RATE)
    (folder / "broken.mp3").write_text("no sound\n" * 100)
    whole = (folder / "first.wav").read_bytes()
    (folder / ".hidden.wav").write_bytes(whole)
    return folder


def annotated(**settings) -> mlflow.entities.Run:
    config = AnnotateConfig.validated(settings)
    mlflow.set_experiment("species")
    with mlflow.start_run() as run:
        annotate(config)
    return mlflow.get_run(run.info.run_id)


def test_each_recording_has_its_table_and_what_failed_is_named(store, recordings, tmp_path, capsys):
    out = tmp_path / "tables"
    run = annotated(audio=recordings, out=out, threshold=0.34, hop=0.5)
    usable = {"first.wav", "silent.wav", "ridge/a\tb\n#2%.flac"}
    tables = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert tables == {f"{name}.selections.txt" for name in usable} | {"annotations.csv"}

    found = pd.read_csv(out / "annotations.csv")
    assert set(found["file"]) == usable - {"silent.wav"}
    assert (found["probability"] >= 0.34).all()
    assert (found["start"] < found["end"]).all()
    assert found["end"].max() <= 20
    raven = pd.read_csv(out / "first.wav.selections.txt", sep="\t")
    own = found[found["file"] == "first.wav"].reset_index()
    np.testing.assert_allclose(raven["Begin Time (s)"], own["start"])
    assert list(raven["Species"]) == list(own["species"])
    assert len((out / "silent.wav.selections.txt").read_text().splitlines()) == 1

    metrics = run.data.metrics
    assert metrics["annotations.count"] == len(found)
    assert metrics["annotations.recordings"] == 3
    assert metrics["annotations.failed"] == 1
    assert metrics["annotations.seconds_of_sound"] == 60
    assert metrics["annotations.times_real_time"] > 0
    champion = store.get_model_version_by_alias("species-classifier", "champion")
    assert run.data.tags["model"] == "models:/species-classifier@champion"
    assert run.data.tags["model.version"] == f"models:/species-classifier/{champion.version}"
    logged = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/annotations/annotations.csv")
    assert logged == (out / "annotations.csv").read_text()
    assert len(store.list_artifacts(run.info.run_id, "annotations/ridge")) == 1
    failures = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/annotations/failures.csv")
    assert list(pd.read_csv(io.StringIO(failures))["file"]) == ["broken.mp3"]
    assert "failed: 'broken.mp3': expected WAV" in capsys.readouterr().out


def test_the_threshold_and_the_activity_decide_what_is_said(store, recordings, tmp_path):
    """Options that nothing reads would leave the user with one table for all."""
    counts = [
        annotated(audio=recordings / "first.wav", out=tmp_path / "out", **how).data.metrics[
            "annotations.count"
        ]
        for how in ({"threshold": 0.34}, {"threshold": 1}, {"threshold": 0.34, "activity": 30})
    ]
    assert counts[0] > 0
    assert counts[1:] == [0, 0]


def test_nothing_usable_is_an_error_not_an_empty_table(store, recordings, tmp_path):
    """An empty table would say that nothing sang."""
    with pytest.raises(UserError, match=r"not one of 1 recordings can be used; 'broken.mp3'"):
        annotated(audio=recordings / "broken.mp3", out=tmp_path / "out")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"audio": "nowhere"}, "audio: expected a recording or a folder of them"),
        ({"audio": ".syrinx"}, "found none"),
        ({"audio": "recordings.csv", "out": "recordings.csv"}, "out: expected a folder"),
        ({"audio": "recordings.csv", "model": "models:/nobody@champion"}, "model: expected a"),
        ({"audio": "recordings.csv", "hop": 5}, "hop: expected at most 1 s"),
    ],
)
def test_a_mistake_is_told_before_the_hours_are_listened_to(store, settings, said):
    with pytest.raises(UserError, match=said):
        annotated(**settings)
