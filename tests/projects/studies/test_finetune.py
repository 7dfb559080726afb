"""Frozen or trained on: both are heard on the same recordings, which neither has heard before."""

from pathlib import Path

import mlflow
import numpy as np
import pytest
import yaml
from speakers import write_speakers
from tiny_codec import save_tiny_codec

from evaluation.quality.log_mel_distance import log_mel_distance
from evaluation.quality.si_sdr import si_sdr
from projects.audio.decode import decode
from projects.audio.digests import audio_digests
from projects.codec.load import load_codec
from projects.codec.train_codec import train_codec
from projects.codec.training.config import TrainCodecConfig
from projects.errors import UserError
from projects.studies.engine.finish import BEST
from projects.studies.finetune import QUESTION, FinetuneConfig, prepare, space
from projects.studies.tune import TuneConfig, tune

SETTINGS = {"pretrained": "codec", "workers": 1, "batch_size": 2, "clip_seconds": 0.1}


@pytest.fixture
def place(tmp_path, url):
    """Recordings and a codec beside the stores."""
    write_speakers(tmp_path)
    save_tiny_codec(tmp_path / "codec")
    return tmp_path


def config(**changes):
    given = {"format": "csv", "data": "list.csv", "bandwidth": 1.5, "judged_seconds": 1}
    return FinetuneConfig.validated({**given, **SETTINGS, **changes})


def prepared():
    with mlflow.start_run():
        return prepare(config())


def outcome(study, **changes):
    return study.try_out(config(**changes), lambda values, step: None)


def heard(codec, name, metric=si_sdr):
    """How well a codec gives a speaker back."""
    samples = decode(Path(f"{name}.wav")).samples
    return metric(samples, codec.given_back(samples, 1.5), 24_000)


def test_a_frozen_trial_is_the_codec_itself(place):
    frozen = outcome(prepared())
    expected = np.mean([heard(load_codec("codec"), name) for name in "ce"])
    assert frozen.values == {"si_sdr": pytest.approx(expected, abs=1e-4)}
    assert set(frozen.items["group"]) == {"c", "e"}
    assert "step_seconds" not in frozen.measured


@pytest.mark.long
def test_a_trained_trial_is_what_train_codec_would_save(place):
    """The best configuration must give the user what the study has found."""
    taken = {"steps": 3, "learning_rate": 1e-3}
    found = outcome(prepared(), **taken)
    assert found.measured["step_seconds"] > 0
    known = {"format": "csv", "data": "list.csv", "out": "out", **SETTINGS, **taken}
    with mlflow.start_run():
        train_codec(TrainCodecConfig.validated(known))
    distances = dict(zip(found.items["group"], found.items["log_mel_distance"], strict=True))
    for name in "ce":
        # It is saved in half precision; before, the distance is another one.
        saved, before = (
            heard(load_codec(each), name, log_mel_distance) for each in ("out", "codec")
        )
        assert saved == pytest.approx(distances[name], rel=0.01)
        assert before != pytest.approx(distances[name], rel=0.02)


def test_nothing_of_the_test_side_is_read(place):
    """Else the test recordings would have had a say before the test."""
    before = prepared()
    (place / "d.wav").unlink()
    after = prepared()
    assert after.digest == before.digest
    assert outcome(after).values == outcome(before).values


def test_what_the_codec_was_trained_on_is_no_validation(place):
    """There the frozen codec would be at home, and win."""
    save_tiny_codec(place / "codec", audio_digests([place / "a.wav", place / "c.wav"]))
    assert set(outcome(prepared()).items["group"]) == {"e"}
    heard_all = audio_digests([place / "c.wav", place / "e.wav"])
    save_tiny_codec(place / "codec", heard_all)
    with pytest.raises(UserError, match="the codec was trained on all"):
        prepared()


def test_another_codec_is_another_study(place):
    """Workers on two codecs under one name would be compared with each other."""
    before = prepared().digest
    model = load_codec("codec").model
    model.quantizer.layers[0].codebook.embed.mul_(2)
    model.save_pretrained("codec")
    assert prepared().digest != before


def test_train_codec_knows_what_is_sought_and_the_study_keeps_the_rest():
    assert set(space(FinetuneConfig())) <= set(TrainCodecConfig.model_fields)
    assert {"longest", "bandwidth", "judged_seconds", "judged_clips"} == QUESTION.own
    assert space(FinetuneConfig(longest=20_000))["steps"].values == (0, 5000, 10_000, 20_000)
    with pytest.raises(UserError, match="steps"):
        TrainCodecConfig.validated({"pretrained": "bundled", "steps": 0})


@pytest.mark.long
def test_the_best_configuration_is_one_that_train_codec_takes(place, url, worker_run, capsys):
    own = {"bandwidth": 1.5, "judged_seconds": 1, "longest": 4, "validate_every": 2}
    (place / "mine.yaml").write_text(yaml.safe_dump({**SETTINGS, **own}))
    asked = {"study": "finetune", "trials": 3, "data": "list.csv", "format": "csv"}
    tune(TuneConfig.validated({**asked, "config": "mine.yaml", "storage": url}))
    assert "steps=" in capsys.readouterr().out
    best = yaml.safe_load(mlflow.artifacts.load_text(f"runs:/{worker_run}/{BEST}"))
    assert best["pretrained"] == "codec"
    assert best["validate_every"] == 2
    TrainCodecConfig.validated({**best, "steps": max(best["steps"], 1)})
