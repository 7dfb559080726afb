"""The codec alone, from recordings to a run that a person can read and hear."""

from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile
from local_store import local_store
from tiny_codec import save_tiny_codec, speech

from evaluation.quality.metrics import QUALITY
from projects.audio.digests import audio_digests
from projects.codec.evaluate_codec import EvaluateCodecConfig, evaluate_codec
from projects.errors import UserError
from projects.tracking import run_entry_point

SYSTEMS = ["1.5kbps", "3kbps", "6kbps", "12kbps", "24kbps", "mel"]
WRITTEN = ["original", *SYSTEMS]


def write_recordings(folder: Path) -> Path:
    """Two speakers; one falls silent, one says 24 frames only, one is damaged."""
    silent = np.concatenate([speech(1), np.zeros(24_000)])
    for name, samples in (
        ("a/1", speech(2)),
        ("a/2", silent),
        ("b/1", speech(1, run=1)),
        ("b/2", speech(0.32, run=1)),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        soundfile.write(folder / f"{name}.wav", samples.astype(np.float32), 24_000)
    (folder / "b/3.wav").write_text("not audio")
    rows = [(f"{name}.wav", name[0]) for name in ("a/1", "a/2", "b/1", "b/2", "b/3")]
    pd.DataFrame(rows, columns=["path", "speaker"]).to_csv(folder / "list.csv", index=False)
    return folder / "list.csv"


@dataclass(frozen=True)
class Evaluated:
    run: mlflow.entities.Run
    artifacts: Path
    printed: str

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.artifacts / f"{name}.csv")


@pytest.fixture(scope="module")
def store(tmp_path_factory, empty_database):
    """A folder with an MLflow store of its own, where this process tracks."""
    folder = tmp_path_factory.mktemp("store")
    with local_store(empty_database, folder):
        mlflow.create_experiment("codec", artifact_location=(folder / "artifacts").as_uri())
        mlflow.set_experiment("codec")
        yield folder


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory, store):
    folder = tmp_path_factory.mktemp("evaluated")
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("builtins.print", lambda text, **_: lines.append(text))
        with mlflow.start_run() as started:
            evaluate_codec(config(write_recordings(folder), save_tiny_codec(folder / "codec")))
    client = mlflow.MlflowClient()
    return Evaluated(
        client.get_run(started.info.run_id),
        Path(client.download_artifacts(started.info.run_id, "evaluation")),
        "\n".join(lines),
    )


def config(data: Path, codec: Path, **changes) -> EvaluateCodecConfig:
    given = {"format": "csv", "data": str(data), "codec": str(codec), "workers": 1}
    return EvaluateCodecConfig.validated({**given, "clip_seconds": 1, **changes})


def test_the_table_has_a_row_a_bandwidth_and_one_for_the_baseline(evaluated):
    table = evaluated.table("rate_distortion").set_index("system")
    assert list(table.index) == SYSTEMS
    assert list(table["kbps"]) == pytest.approx([1.5, 3, 6, 12, 24, 153.6])
    entropy = table["entropy_kbps"]
    assert np.isnan(entropy["mel"])
    assert ((entropy > 0) & (entropy < table["kbps"]))[:-1].all()


def test_metrics_of_the_run_are_those_of_the_table_with_their_intervals(evaluated):
    """Runs are compared, and later judged, by these numbers."""
    metrics = evaluated.run.data.metrics
    table = evaluated.table("rate_distortion").set_index("system")
    for system in SYSTEMS:
        for name in ("kbps", *QUALITY, "si_sdr.lower", "si_sdr.upper", "stoi.scored"):
            expected = table.loc[system, name]
            assert metrics[f"evaluation.{system}.{name}"] == pytest.approx(expected), name
    assert metrics["evaluation.recordings"] == 4
    assert metrics["evaluation.failed"] == 1


def test_what_is_silent_too_short_or_damaged_is_named_and_in_no_mean(evaluated):
    """Silence scored as a number is how a codec that says nothing gets a good mean."""
    failures = evaluated.table("failures")
    silent = failures[failures["item"] == "a/2.wav@1s"]
    assert len(silent) == len(SYSTEMS) * len(QUALITY)
    assert silent["reason"].str.contains("silent").all()
    short = failures[(failures["item"] == "b/2.wav@0s") & (failures["metric"] == "stoi")]
    assert len(short) == len(SYSTEMS)
    assert list(failures.loc[failures["item"] == "b/3.wav", "system"]) == ["all"]
    assert evaluated.run.data.metrics["evaluation.unscored"] == len(failures) - 1
    clips, table = evaluated.table("clips"), evaluated.table("rate_distortion").set_index("system")
    of_mel = clips[clips["system"] == "mel"].set_index("item")["stoi"]
    assert list(of_mel.index[of_mel.isna()]) == ["a/2.wav@1s", "b/2.wav@0s"]
    assert table.loc["mel", "stoi"] == pytest.approx(of_mel.dropna().mean())
    assert table.loc["mel", "stoi.scored"] == 4


def test_the_report_says_all_of_it_and_is_what_was_printed(evaluated):
    report = (evaluated.artifacts / "report.md").read_text()
    assert report in evaluated.printed
    assert "| system  | kbit/s | entropy kbit/s | pesq_wb" in report
    assert "read: 4 of 5 recordings" in report
    assert "b/3.wav" in report
    assert "a/2.wav@1s" in report
    assert " to " in next(line for line in report.splitlines() if line.startswith("| mel"))
    assert (evaluated.artifacts / "rate_distortion.png").stat().st_size > 10_000


def test_originals_and_reconstructions_can_be_played_side_by_side(evaluated):
    sounds = sorted(path.name for path in (evaluated.artifacts / "audio").iterdir())
    stems = {name.rsplit("-", 1)[0] for name in sounds}
    assert len(stems) == 3
    for stem in stems:
        paths = [evaluated.artifacts / f"audio/{stem}-{name}.flac" for name in WRITTEN]
        assert len({soundfile.info(path).frames for path in paths}) == 1
        assert np.abs(soundfile.read(paths[0])[0]).max() > 0.01


def test_the_run_names_its_codec_and_its_data(evaluated):
    (given,) = evaluated.run.inputs.dataset_inputs
    assert given.dataset.digest in evaluated.printed
    assert evaluated.run.data.tags["codec.digest"] in evaluated.printed


def test_recordings_that_the_codec_was_trained_on_are_left_out_and_counted(
    tmp_path, store, caplog, capsys
):
    caplog.set_level("INFO")
    data = write_recordings(tmp_path)
    seen = audio_digests([tmp_path / f"{name}.wav" for name in ("a/1", "a/2", "b/1")])
    with mlflow.start_run():
        evaluate_codec(config(data, save_tiny_codec(tmp_path / "codec", seen)))
    assert "left out: 3 recordings" in caplog.text
    printed = capsys.readouterr().out
    assert "read: 1 of 2 recordings" in printed
    assert "a/" not in printed


def test_a_codec_that_gives_nothing_back_fails_with_its_table_still_written(tmp_path, store):
    """It must not look like an evaluation that went well, nor hide what was found."""
    soundfile.write(tmp_path / "a.wav", 1e-6 * speech(1), 24_000, "FLOAT")
    (tmp_path / "list.csv").write_text("path,speaker\na.wav,a\n")
    codec = save_tiny_codec(tmp_path / "codec")
    with pytest.raises(UserError, match=r"not one clip .* silent"), mlflow.start_run() as started:
        evaluate_codec(config(tmp_path / "list.csv", codec))
    found = mlflow.MlflowClient().list_artifacts(started.info.run_id, "evaluation")
    assert {"failures.csv", "report.md"} <= {Path(each.path).name for each in found}


def test_a_codec_that_has_heard_everything_is_refused_in_one_line(
    tmp_path, store, monkeypatch, capsys
):
    """Its scores would be those of its training."""
    data = write_recordings(tmp_path)
    seen = audio_digests(sorted(tmp_path.glob("*/*.wav")))
    given = config(data, save_tiny_codec(tmp_path / "codec", seen)).model_dump(exclude_none=True)
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    monkeypatch.setattr("sys.argv", ["evaluate_codec", *words])
    with pytest.raises(SystemExit) as left:
        run_entry_point(EvaluateCodecConfig, evaluate_codec, experiment="codec")
    assert left.value.code == 2
    (error,) = [line for line in capsys.readouterr().err.splitlines() if "error: " in line]
    assert error.startswith("error: the codec was trained on all of these 5 recordings")
    assert mlflow.last_active_run().info.status == "FAILED"


@pytest.mark.parametrize(("name", "value"), [("clip_seconds", 21), ("clips_a_recording", 0)])
def test_settings_that_no_metric_could_use_are_refused(name, value):
    """PESQ's own code writes past its tables on longer clips."""
    with pytest.raises(UserError, match=name):
        EvaluateCodecConfig.validated({name: value})
