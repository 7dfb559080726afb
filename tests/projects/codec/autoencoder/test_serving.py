"""A reconstructor as MLflow packages, loads and serves it."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile
from local_store import local_store
from mlflow.exceptions import MlflowException
from model_server import ask, running_model
from tiny_codec import speech
from tiny_reconstructor import make_reconstructor

from evaluation.served import load_served
from projects.audio.base64_audio import from_base64
from projects.audio.decode import Sound
from projects.codec.autoencoder.packaging import log_reconstructor
from projects.codec.autoencoder.reconstructor import Reconstructor
from projects.errors import UserError


@dataclass(frozen=True)
class Logged:
    store: str
    uri: str
    reconstructor: Reconstructor
    folder: Path


@pytest.fixture(scope="module")
def logged(tmp_path_factory, empty_database):
    folder = tmp_path_factory.mktemp("served")
    reconstructor = make_reconstructor(folder / "codec")
    with local_store(empty_database, folder):
        where = mlflow.create_experiment("codec", artifact_location=(folder / "artifacts").as_uri())
        with mlflow.start_run(experiment_id=where):
            info = log_reconstructor(reconstructor)
        mlflow.register_model(info.model_uri, "audio-autoencoder")
        store = mlflow.get_tracking_uri()
        yield Logged(store, "models:/audio-autoencoder/1", reconstructor, folder)


@pytest.fixture(scope="module")
def model(logged):
    return load_served(logged.uri, "audio autoencoder", "seen")


def wav(samples: np.ndarray, rate: int) -> str:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV")
    return base64.b64encode(file.getvalue()).decode()


def stereo(seconds: float) -> np.ndarray:
    times = np.arange(round(seconds * 44_100)) / 44_100
    return 0.2 * np.stack([np.sin(2 * np.pi * 300 * times), np.sin(2 * np.pi * 500 * times)], 1)


def check_answer(row, seconds: float) -> Sound:
    """FLAC at 24 kHz, one channel, as long as what was sent."""
    content = io.BytesIO(base64.b64decode(row["audio"]))
    with soundfile.SoundFile(content) as file:
        assert (file.format, file.samplerate, file.channels) == ("FLAC", 24_000, 1)
        assert file.frames / 24_000 == pytest.approx(seconds, abs=1e-4)
        assert row["sample_rate"] == 24_000
        assert row["seconds"] == pytest.approx(file.frames / 24_000)
    return from_base64(row["audio"])


def test_stereo_at_44_khz_comes_back_as_flac_of_equal_length(model):
    answer = model.predict(pd.DataFrame({"audio": [wav(stereo(1.7), 44_100)]}))
    check_answer(answer.iloc[0], 1.7)


def test_served_sound_is_the_reconstructors_own(model, logged):
    """Else the evaluation, which asks the served model, would be of something else."""
    answer = model.predict(pd.DataFrame({"audio": [wav(speech(2), 24_000)]}))
    made = check_answer(answer.iloc[0], 2)
    sent = from_base64(wav(speech(2), 24_000))
    expected = np.clip(logged.reconstructor.sound(sent).samples, -1, 1)
    np.testing.assert_allclose(made.samples, expected, atol=2 / 2**15)


def test_each_row_has_its_own_answer(model):
    sent = [wav(speech(1), 24_000), wav(speech(2, run=1), 24_000)]
    both = model.predict(pd.DataFrame({"audio": sent}))
    assert list(both["seconds"]) == [1, 2]
    (alone,) = model.predict(pd.DataFrame({"audio": sent[1:]}))["audio"]
    np.testing.assert_allclose(
        from_base64(both["audio"][1]).samples, from_base64(alone).samples, atol=2 / 2**15
    )


@pytest.mark.parametrize("text", ["not base64!", base64.b64encode(b"no audio").decode(), ""])
def test_garbage_is_one_clear_error_that_names_the_row(model, text):
    rows = pd.DataFrame({"audio": [wav(speech(1), 24_000), text]})
    with pytest.raises(MlflowException, match="row 1: ") as refused:
        model.predict(rows)
    assert "\n" not in str(refused.value)
    assert refused.value.get_http_status_code() == 400


def test_a_served_model_says_what_it_has_heard_and_how_it_was_made(model, logged):
    """Judged later beside another model, it must not be asked about its own training."""
    assert model.unwrap_python_model().seen == logged.reconstructor.seen
    metadata = model.metadata.metadata
    assert (metadata["bandwidth"], metadata["tr"]) == (1.5, 1.5)
    assert metadata["codec"] == logged.reconstructor.codec.digest


def test_the_package_holds_no_pickle(logged):
    suffixes = {path.suffix for path in (logged.folder / "artifacts").rglob("*") if path.is_file()}
    assert ".safetensors" in suffixes
    assert not suffixes & {".pkl", ".pickle", ".pt", ".pth", ".bin", ".joblib"}


def test_what_is_no_registered_model_of_the_kind_is_refused_in_one_line(logged):
    for uri, knows in (("models:/audio-autoencoder/9", "seen"), (logged.uri, "seen_audio")):
        with pytest.raises(UserError, match="expected a registered species classifier") as refused:
            load_served(uri, "species classifier", knows)
        assert uri in str(refused.value)
        assert "\n" not in str(refused.value)


def test_a_damaged_model_is_refused_in_one_line(logged):
    """A champion whose files are gone must not end every later training in a traceback."""
    (weights,) = (logged.folder / "artifacts").rglob("network/model.safetensors")
    moved = weights.rename(weights.with_suffix(".gone"))
    try:
        with pytest.raises(UserError, match=r"expected an autoencoder in .*network") as refused:
            load_served(logged.uri, "audio autoencoder", "seen")
        assert "\n" not in str(refused.value)
    finally:
        moved.rename(weights)


@pytest.fixture
def server(logged, tmp_path):
    """The model behind `mlflow models serve`, started far from the project's folder."""
    with running_model(logged.store, logged.uri, tmp_path) as url:
        yield url


@pytest.mark.slow
def test_a_live_server_answers_sound_with_sound_and_garbage_with_one_error(server):
    status, answer = ask(server, wav(stereo(1.3), 44_100))
    assert status == 200, answer
    check_answer(answer["predictions"][0], 1.3)
    status, answer = ask(server, base64.b64encode(b"this is not audio").decode())
    assert status == 400
    assert "row 0: expected WAV, FLAC, OGG or MP3" in answer["message"]
