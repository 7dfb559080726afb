"""A person's own codec, from recordings to a folder that every other entry point takes."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import command, environment, run_module
from local_store import local_store, newest_curve
from tiny_codec import save_tiny_codec, speech

from projects.audio.digests import audio_digests
from projects.codec.load import load_codec
from projects.codec.train_codec import train_codec
from projects.codec.training.config import TrainCodecConfig
from projects.errors import UserError

pytestmark = pytest.mark.long

QUICK = {
    "format": "csv",
    "data": "list.csv",
    "out": "codecs/mine",
    "filters": 4,
    "latent_size": 8,
    "steps": 4,
    "batch_size": 2,
    "clip_seconds": 0.1,
    "validate_every": 2,
    "unquantised": 0.25,
}
SIDES = {"a": "train", "b": "train", "c": "validation", "d": "test", "e": "train"}


def write_recordings(folder):
    """Each speaker is on the side that the CSV says; one file is damaged and one is missing."""
    for number, name in enumerate("abcd"):
        soundfile.write(folder / f"{name}.wav", speech(1 + 0.1 * number, number % 2), 24_000)
    (folder / "e.wav").write_text("not audio")
    rows = [(f"{name}.wav", name, side) for name, side in SIDES.items()]
    rows.append(("gone.wav", "f", "train"))
    table = pd.DataFrame(rows, columns=["path", "speaker", "split"])
    table.to_csv(folder / "list.csv", index=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory, empty_database):
    """A folder with recordings and an MLflow store, where this process works and tracks."""
    folder = tmp_path_factory.mktemp("place")
    write_recordings(folder)
    with local_store(empty_database, folder):
        mlflow.create_experiment("codec", artifact_location=(folder / "artifacts").as_uri())
        mlflow.set_experiment("codec")
        yield folder


def train(**changes):
    config = TrainCodecConfig.validated({**QUICK, **changes})
    with mlflow.start_run() as started:
        train_codec(config)
    return mlflow.MlflowClient().get_run(started.info.run_id)


@pytest.fixture(scope="module")
def trained(place):
    return train()


def heard(folder, names):
    return set(audio_digests([folder / f"{name}.wav" for name in names]))


def test_the_codec_is_one_that_every_entry_point_takes(trained, place):
    codec = load_codec("codecs/mine")
    (codes,) = codec.encode([speech(1)], 24)
    assert codes.shape == (32, 75)
    assert np.isfinite(codec.decode([codes])[0]).all()


def test_it_says_what_it_heard_and_the_test_recordings_are_not_among_it(trained, place):
    """Its evaluation leaves out what it was trained on, and only that."""
    seen = load_codec("codecs/mine").seen_audio
    assert seen == heard(place, "abce")
    assert not seen & heard(place, "d")
    card = (place / "codecs/mine/README.md").read_text()
    assert "seen_audio.txt" in card
    assert "after step 4" in card


def test_the_run_has_its_curves_its_data_and_the_codec(trained, place):
    client = mlflow.MlflowClient()
    run = trained.info.run_id
    assert [m.step for m in client.get_metric_history(run, "train.waveform")] == [2, 4]
    assert {"validation.si_sdr.1.5kbps", "validation.mel.24kbps", "train.mel"} <= set(
        trained.data.metrics
    )
    files = [
        found.path for part in ("training", "codec") for found in client.list_artifacts(run, part)
    ]
    assert {"training/curves.csv", "training/curves.png", "codec/model.safetensors"} <= set(files)
    assert {given.tags[0].value for given in trained.inputs.dataset_inputs} == {
        "train",
        "validation",
    }


def test_what_could_not_be_read_is_counted_and_named(trained):
    assert trained.data.metrics["train.failed"] == 2
    assert trained.data.metrics["validation.failed"] == 0
    path = mlflow.MlflowClient().download_artifacts(
        trained.info.run_id, "dataset/train_failures.csv"
    )
    assert set(pd.read_csv(path)["recording_id"]) == {"e.wav", "gone.wav"}


def test_nothing_is_left_of_a_training_that_ended(trained, place):
    assert not [path for path in (place / ".syrinx/training").iterdir() if path.is_dir()]


def test_the_same_command_gives_the_same_codec(trained, place):
    train(out="codecs/again")
    assert load_codec("codecs/again").digest == load_codec("codecs/mine").digest


def test_a_codec_is_fine_tuned_and_remembers_what_both_heard(place):
    """Else recordings of the first training would be test recordings of the second."""
    save_tiny_codec(place / "first", ["aa", "bb"])
    train(pretrained="first", out="codecs/tuned", steps=2, learning_rate=1e-5)
    tuned, first = load_codec("codecs/tuned"), load_codec("first")
    assert tuned.seen_audio == {"aa", "bb"} | heard(place, "abce")
    assert tuned.digest != first.digest
    assert tuned.model.config.num_filters == first.model.config.num_filters
    (codes,) = first.encode([speech(1)], 24)
    before, after = (codec.decode([codes])[0] for codec in (first, tuned))
    assert np.corrcoef(before, after)[0, 1] > 0.9, "it must go on from the first, not start anew"


def test_a_folder_of_other_files_is_refused_before_hours_of_training(place):
    (place / "thesis").mkdir()
    (place / "thesis/chapter.txt").write_text("years of work")
    with pytest.raises(UserError, match="choose another"):
        train(out="thesis")
    assert (place / "thesis/chapter.txt").exists()


def test_a_speaker_on_two_sides_is_refused(place):
    (place / "leak.csv").write_text(
        "path,speaker,split\na.wav,a,train\nb.wav,a,test\nc.wav,c,validation\n"
    )
    with pytest.raises(UserError, match="group 'a' is on two sides"):
        train(data="leak.csv")


def test_one_sound_under_two_names_is_on_one_side(place):
    shutil.copy(place / "a.wav", place / "copy.wav")
    rows = "a.wav,a,train\ncopy.wav,x,test\nc.wav,c,validation\n"
    (place / "copies.csv").write_text(f"path,speaker,split\n{rows}")
    with pytest.raises(UserError, match="the same sound is on two sides"):
        train(data="copies.csv")


def test_killed_the_same_command_goes_on_to_the_same_codec(tmp_path, empty_database):
    """A night's training on a machine that goes down must not be lost."""
    settings = {**QUICK, "steps": 16, "validate_every": 2}
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
        shutil.copy(empty_database, tmp_path / name)
        write_recordings(tmp_path / name)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    _kill_after_a_checkpoint(broken, settings)
    assert not (broken / "codecs/mine").exists()
    for folder in (whole, broken):
        done = run_module("projects.codec.train_codec", folder, **settings)
        assert done.returncode == 0, done.stderr
    ends = [load_codec(str(folder / "codecs/mine")).digest for folder in (whole, broken)]
    assert ends[0] == ends[1]
    curves = [newest_curve(folder, "codec", "train.waveform") for folder in (whole, broken)]
    assert curves[0] == curves[1]
    assert len(curves[0]) == 8


def _kill_after_a_checkpoint(folder: Path, settings):
    process = subprocess.Popen(
        command("projects.codec.train_codec", **settings),
        cwd=folder,
        env=environment(),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None and not list(folder.glob(".syrinx/training/*/checkpoint.pt")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL
