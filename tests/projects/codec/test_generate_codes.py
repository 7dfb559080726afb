"""From recordings to codes in the store, in one run."""

from pathlib import Path

import mlflow
import pandas as pd
import pytest
import soundfile
from local_store import local_store
from tiny_codec import save_tiny_codec, speech

from projects.audio.store import FeatureStore
from projects.codec.generate_codes import GenerateCodesConfig, generate_codes
from projects.errors import UserError


@pytest.fixture
def place(tmp_path, empty_database):
    """A folder with recordings, a codec and an MLflow store, where this process tracks."""
    save_tiny_codec(tmp_path / "codec")
    (tmp_path / "sound").mkdir()
    soundfile.write(tmp_path / "sound" / "Hello, World.wav", speech(4), 24_000)
    soundfile.write(tmp_path / "sound" / "2.wav", speech(2), 24_000)
    (tmp_path / "sound" / "3.wav").write_text("not audio")
    with local_store(empty_database, tmp_path):
        mlflow.create_experiment("codec", artifact_location=(tmp_path / "artifacts").as_uri())
        mlflow.set_experiment("codec")
        yield tmp_path


def generate(**changes):
    given = {"format": "folder", "data": "sound", "codec": "codec", "workers": 1}
    config = GenerateCodesConfig.validated({**given, **changes})
    with mlflow.start_run() as started:
        generate_codes(config)
    client = mlflow.MlflowClient()
    folder = Path(client.download_artifacts(started.info.run_id, "features"))
    return client.get_run(started.info.run_id).data.metrics, folder


def test_codes_are_in_the_store_and_the_run_says_so(place, capsys):
    metrics, artifacts = generate()
    assert metrics == {"features.done": 2, "features.cached": 0, "features.failed": 1}
    printed = capsys.readouterr().out
    assert "features: 2 done, 0 cached, 1 failed" in printed
    assert "3.wav" in printed
    assert "at 6 kbit/s, TR 1.5 s" in printed
    failures = pd.read_csv(artifacts / "failures.csv")
    assert list(failures["recording_id"]) == ["sound/3.wav"]
    grid = pd.read_csv(artifacts / "grid.csv").set_index("recording_id")
    assert list(grid.loc["sound/Hello, World.wav"]) == [3, 8, 113]
    assert list(grid.loc["sound/2.wav"]) == [2, 8, 113]
    (folder,) = (place / ".syrinx" / "features").iterdir()
    assert str(folder.relative_to(place)) in printed
    metrics, _ = generate(bandwidth=6)
    assert metrics == {"features.done": 0, "features.cached": 2, "features.failed": 1}


@pytest.mark.parametrize(
    ("features", "columns", "shape"),
    [("mel_2d", ["mels"], [1, 16]), ("mel_3d", ["channels", "frames"], [1, 16, 150])],
)
def test_the_mel_formats_are_made_without_a_codec(place, features, columns, shape):
    """A person without the weights still has the baseline."""
    settings = {"features": features, "mels": 16, "tr": 2, "codec": "none"}
    _, artifacts = generate(**settings, store="elsewhere")
    grid = pd.read_csv(artifacts / "grid.csv")
    assert list(grid.columns) == ["recording_id", "trs", *columns]
    assert list(grid.loc[grid["recording_id"] == "sound/2.wav"].iloc[0, 1:]) == shape
    extractor = GenerateCodesConfig.validated(settings).extractor()
    assert FeatureStore(place / "elsewhere", extractor.name, extractor.settings)._audio


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"bandwidth": 7}, "1.5, 3, 6, 12, 24 kbit/s, got 7"),
        ({"codec": "./no/codec"}, "got './no/codec'"),
    ],
)
def test_what_the_codec_has_not_is_refused_before_any_work(place, changes, expected):
    with pytest.raises(UserError) as refused:
        generate(**changes)
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (place / ".syrinx").exists()


@pytest.mark.parametrize(("name", "value"), [("tr", 0.1), ("bandwidth", 0), ("features", "mfcc")])
def test_settings_out_of_range_are_refused(name, value):
    with pytest.raises(UserError, match=name):
        GenerateCodesConfig.validated({name: value})


def test_the_simulated_study_is_scanned_at_the_tr_of_the_grid():
    """Responses of second 30 would else go with the sound of second 40."""
    assert GenerateCodesConfig.validated({"tr": 2}).study()["tr"] == 2
