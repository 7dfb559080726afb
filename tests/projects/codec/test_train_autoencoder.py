"""The main job from sound to a champion that gives sound back, on a store of its own."""

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile
from candidates import measured
from conftest import TINY_AUTOENCODER, command, environment, run_module
from local_store import local_store
from mlflow import MlflowClient
from mlflow.entities import Run
from tiny_codec import save_tiny_codec

from projects.audio.digests import audio_digests
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.hrf import HRF_SECONDS
from projects.codec.train_autoencoder import train_autoencoder
from projects.errors import UserError
from registry.promotion import Decision

pytestmark = pytest.mark.long

NAME = "audio-autoencoder"
EASY = """name: easy
rules:
  - {metric: unscored, pass: "< 0.5"}
champion: {metric: si_sdr, margin: 100}
"""


@dataclass(frozen=True)
class Done:
    decision: Decision
    run: Run
    printed: str


@dataclass(frozen=True)
class Trained:
    """One store with three equal trainings: refused, promoted, and beside the champion."""

    folder: Path
    client: MlflowClient
    refused: Done
    promoted: Done
    again: Done


def train(experiment: str, **changes) -> Done:
    lines: list[str] = []
    with (
        pytest.MonkeyPatch.context() as patch,
        mlflow.start_run(experiment_id=experiment) as started,
    ):
        patch.setattr("builtins.print", lambda *words, **_: lines.append(" ".join(words)))
        decision = train_autoencoder(
            TrainAutoencoderConfig.validated({**TINY_AUTOENCODER, **changes})
        )
    return Done(decision, mlflow.get_run(started.info.run_id), "\n".join(lines))


@pytest.fixture(scope="module")
def trained(tmp_path_factory, empty_database):
    folder = tmp_path_factory.mktemp("trained")
    with local_store(empty_database, folder) as client:
        experiment = mlflow.create_experiment("codec")
        (folder / "easy.yaml").write_text(EASY)
        codec = str(save_tiny_codec(folder / "codec"))
        gates = ("codec", "easy.yaml", "easy.yaml")
        runs = [train(experiment, codec=codec, gate=gate) for gate in gates]
        yield Trained(folder, client, *runs)


def table(trained: Trained, done: Done, path: str) -> pd.DataFrame:
    return pd.read_csv(trained.client.download_artifacts(done.run.info.run_id, path))


def names(trained: Trained, done: Done, folder: str) -> set[str]:
    found = trained.client.list_artifacts(done.run.info.run_id, folder)
    return {Path(each.path).name for each in found}


def version_of(trained: Trained, alias: str) -> str:
    return str(trained.client.get_model_version_by_alias(NAME, alias).version)


def test_one_run_holds_all_that_a_person_needs_to_trust_the_model(trained):
    done = trained.refused
    metrics = done.run.data.metrics
    for metric in ("pesq_wb", "si_sdr", "stoi"):
        for name in (metric, f"codec_{metric}", f"{metric}_lost", f"{metric}.lower"):
            assert np.isfinite(metrics[f"test.{name}"])
    assert metrics["test.clips"] == 3
    assert {"train.accuracy", "validation.accuracy.best", "epochs_to_best"} <= set(metrics)
    history = trained.client.get_metric_history(done.run.info.run_id, "validation.loss")
    assert [point.step for point in history] == [1, 2]
    curves = table(trained, done, "training/curves.csv")
    assert list(curves["validation.loss"]) == [point.value for point in history]
    assert names(trained, done, "training") == {"curves.csv", "curves.png"}
    expected = {"report.md", "clips.csv", "failures.csv", "voxels.csv", "audio"}
    assert expected <= names(trained, done, "test")
    report = trained.client.download_artifacts(done.run.info.run_id, "test/report.md")
    page, gate = Path(report).read_text().split("## Gate")
    assert page.strip() in done.printed
    assert gate.partition("\n\n")[2].strip() in done.printed


def test_datasets_are_named_by_what_is_in_them(trained):
    """Two runs are comparable where these are the same, and this is how one knows."""
    one, other = (
        {(i.tags[0].value, i.dataset.digest) for i in done.run.inputs.dataset_inputs}
        for done in (trained.refused, trained.again)
    )
    assert one == other
    assert {context for context, _ in one} == {"train", "validation", "test"}
    judged = trained.client.get_run(trained.refused.decision.run_id)
    assert ("test", judged.data.tags["dataset"]) in one


def test_the_run_tells_how_many_trs_each_side_has(trained):
    metrics = trained.refused.run.data.metrics
    assert [metrics[f"{side}.trs"] for side in ("train", "validation", "test")] == [24, 12, 12]


def test_what_is_tested_was_heard_by_nobody_and_lies_beyond_the_response(trained):
    """Scored on its training, or on sound that blends into it, a model seems better than it is."""
    clips = table(trained, trained.refused, "test/clips.csv")
    items = set(clips["item"])
    assert len(items) == 3
    model = mlflow.pyfunc.load_model(f"models:/{NAME}/1")
    heard = model.unwrap_python_model().seen.rows()
    assert len(heard) == 6
    for item in items:
        run, place = item.removesuffix("s").split("@")
        path = next((trained.folder / ".syrinx/study").glob(f"*/{run}.flac"))
        (audio,) = audio_digests([path])
        ends = [until for name, _, until in heard if name == audio]
        assert len(ends) == 2
        assert float(place.split("-")[0]) - max(ends) >= HRF_SECONDS


def test_originals_codec_and_autoencoder_can_be_played_side_by_side(trained):
    run_id = trained.refused.run.info.run_id
    folder = Path(trained.client.download_artifacts(run_id, "test/audio"))
    systems = ("original", "codec", "autoencoder")
    names = {f"{place}-{system}.flac" for place in (1, 2, 3) for system in systems}
    assert {path.name for path in folder.iterdir()} == names
    for place in (1, 2, 3):
        sounds = [soundfile.read(folder / f"{place}-{system}.flac") for system in systems]
        assert {len(samples) for samples, _ in sounds} == {72_000}
        assert {rate for _, rate in sounds} == {24_000}
        assert not np.array_equal(sounds[0][0], sounds[1][0])
        assert not np.array_equal(sounds[1][0], sounds[2][0])


def test_voxels_are_read_from_the_bottleneck_and_reported_one_by_one(trained):
    voxels = table(trained, trained.refused, "test/voxels.csv")
    assert len(voxels) == 40
    metrics = trained.refused.run.data.metrics
    mean = voxels["correlation"].mean()
    assert metrics["test.voxel_correlation.mean"] == pytest.approx(mean)
    assert "voxels: held-out correlation" in trained.refused.printed


def test_a_version_that_fails_the_gate_stays_candidate_with_the_reason_written_down(trained):
    """The seed's gate as it stands: a network of two epochs must not come through."""
    done = trained.refused
    assert done.decision.entry.outcome in {"STOP", "INVESTIGATE"}
    assert "version 1 is refused; @champion stays on no version" in done.printed
    run = trained.client.get_run(done.decision.run_id)
    assert trained.client.get_experiment(run.info.experiment_id).name == "promotions"
    tags = run.data.tags
    assert (tags["decision"], tags["champion.after"]) == ("refused", "")
    assert tags["evidence"].startswith(f"{done.run.info.run_id}/")
    written = tags["mlflow.note.content"]
    assert "| pesq_wb > 3.5 " in written
    assert "misses by" in written
    version = trained.client.get_model_version(NAME, "1")
    assert version.tags["gate.outcome"] == done.decision.entry.outcome
    assert version.tags["decision.run"] == done.decision.run_id
    assert done.run.data.tags["gate"] == "codec"


def test_a_version_that_passes_becomes_champion(trained):
    assert trained.promoted.decision.promoted
    assert trained.promoted.decision.entry.champion_before == ""
    tags = trained.client.get_run(trained.promoted.decision.run_id).data.tags
    assert (tags["decision"], tags["champion.before"], tags["champion.after"]) == (
        "promoted",
        "",
        "2",
    )
    assert "version 2 is @champion" in trained.promoted.printed


def test_an_equal_training_equals_the_champion_on_the_same_clips(trained):
    """The paired difference of equals is nothing at all: chance of the draw has no part in it."""
    entry = trained.again.decision.entry
    assert entry.champion_before == "2"
    found = measured(entry, "si_sdr - champion's > -100")
    assert found == pytest.approx([0, 0, 0], abs=1e-4)
    assert (version_of(trained, "champion"), version_of(trained, "previous")) == ("3", "2")
    assert version_of(trained, "candidate") == "3"


def test_the_same_command_gives_the_same_scores(trained):
    first, again = (each.run.data.metrics for each in (trained.refused, trained.again))
    for name, value in first.items():
        if not name.startswith("features."):
            assert again[name] == pytest.approx(value, rel=1e-6, abs=1e-9), name
    assert "features: 0 done, 3 cached, 0 failed" in trained.again.printed


def test_nothing_of_a_training_that_is_done_is_left_behind(trained):
    """Each would take as much disk as the model, under a name that tells nobody what it is."""
    assert not [path for path in (trained.folder / ".syrinx/training").iterdir() if path.is_dir()]


def test_a_codec_that_has_heard_all_is_refused_in_one_line_before_the_training(trained):
    """Its scores would be those of its training; found out after hours, they would be lost."""
    study = audio_digests(sorted((trained.folder / ".syrinx/study").glob("*/*.flac")))
    codec = save_tiny_codec(trained.folder / "heard", study)
    with pytest.raises(UserError, match="has heard all of these 3 clips") as refused:
        train(trained.refused.run.info.experiment_id, codec=str(codec), gate="easy.yaml")
    assert "\n" not in str(refused.value)
    assert len(trained.client.search_model_versions(f"name='{NAME}'")) == 3


def test_killed_in_training_the_same_command_finishes(tmp_path, empty_database):
    """A power cut at epoch 50 must cost one epoch, and leave one curve."""
    shutil.copy(empty_database, tmp_path)
    (tmp_path / "easy.yaml").write_text(EASY)
    settings = {
        **TINY_AUTOENCODER,
        "demo_runs": 1,
        "epochs": 12,
        "patience": 12,
        "codec": save_tiny_codec(tmp_path / "codec"),
        "gate": tmp_path / "easy.yaml",
    }
    _kill_in_training(tmp_path, settings)
    (checkpoint,) = tmp_path.glob(".syrinx/training/*/checkpoint.pt")
    done = run_module("projects.codec.train_autoencoder", tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    assert "version 1 is @champion" in done.stdout
    assert "training:   0%" not in done.stderr
    assert not checkpoint.exists()
    store = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = store.get_experiment_by_name("codec")
    newest = store.search_runs([experiment.experiment_id], order_by=["start_time DESC"])[0]
    history = store.get_metric_history(newest.info.run_id, "validation.loss")
    assert [point.step for point in history] == list(range(1, 13))


def _kill_in_training(folder: Path, settings: dict[str, object]) -> None:
    process = subprocess.Popen(
        command("projects.codec.train_autoencoder", **settings),
        cwd=folder,
        env=environment(),
        stderr=(folder / "stderr").open("w"),
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None and not list(folder.glob(".syrinx/training/*/checkpoint.pt")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, (folder / "stderr").read_text()
