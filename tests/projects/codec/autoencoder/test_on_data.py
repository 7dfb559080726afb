"""A registered autoencoder about which nothing is known, on recordings that a person has."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile
from local_store import local_store
from mlflow.entities.model_registry import ModelVersion
from mlflow.pyfunc import PyFuncModel
from tiny_codec import speech
from tiny_reconstructor import make_reconstructor

from evaluation.quality.scoring import score_pair
from evaluation.served import load_served
from projects.audio.digests import audio_digests, with_digests
from projects.audio.readers import read_sound_folders
from projects.codec.autoencoder.held_out import cut_named
from projects.codec.autoencoder.judgement import Judge
from projects.codec.autoencoder.on_data import judge_autoencoder
from projects.codec.autoencoder.packaging import log_reconstructor
from projects.codec.autoencoder.reconstructor import Reconstructor
from projects.codec.autoencoder.seen import Seen
from projects.codec.study import Study
from projects.errors import UserError
from projects.parallel import FanOut
from registry.dossier import TAG, read_dossier, read_items
from registry.promotion import Decision
from registry.versions import register_candidate

pytestmark = pytest.mark.long

RATE = 24_000
NAME = "voice"
SECONDS = {"a": 11.5, "b": 3.0, "c": 2.0}
FAN_OUT = FanOut(workers=1)
ALL = {"sound/a.wav@0-10s", "sound/a.wav@10-11.5s", "sound/b.wav@0-3s", "sound/c.wav@0-2s"}
EASY = """name: easy
rules:
  - {metric: unscored, pass: "<= 1"}
champion: {metric: si_sdr, margin: 1000}
"""


@pytest.fixture
def store(tmp_path, empty_database):
    """A store with recordings in the folder `sound`, and a gate that any model passes."""
    (tmp_path / "sound").mkdir()
    for place, (name, seconds) in enumerate(SECONDS.items()):
        samples = speech(13, place % 2)[place * RATE :][: round(seconds * RATE)]
        soundfile.write(tmp_path / f"sound/{name}.wav", samples, RATE, "FLOAT")
    (tmp_path / "easy.yaml").write_text(EASY)
    with local_store(empty_database, tmp_path) as client:
        mlflow.set_experiment("codec")
        yield client


@pytest.fixture
def register(store, tmp_path) -> Callable[..., tuple[ModelVersion, Reconstructor]]:
    """Registers an autoencoder of random weights that has heard what is said."""

    def go(heard: Seen, seed: int = 0) -> tuple[ModelVersion, Reconstructor]:
        made = replace(make_reconstructor(tmp_path / "codec", seed), seen=heard)
        with mlflow.start_run():
            return register_candidate(log_reconstructor(made), NAME), made

    return go


def served(version: ModelVersion) -> PyFuncModel:
    return load_served(f"models:/{NAME}/{version.version}", "autoencoder", "seen")


def on_data(version: ModelVersion, judge: Judge | None = None, **data: str) -> Decision:
    """Evaluates a version on the folder, by default by the gate on record."""
    judge = judge or Judge.of_record(version, FAN_OUT)
    with mlflow.start_run():
        return judge_autoencoder(
            version, served(version), judge, data or {"data": "sound", "format": "folder"}
        )


def clips_of(decision: Decision) -> set[str]:
    return set(read_items(decision.entry.evidence, read_dossier(decision.entry.evidence))["item"])


def heard(name: str, start: float, end: float) -> Seen:
    (digest,) = audio_digests([Path(f"sound/{name}.wav")])
    return Seen.from_rows([(str(digest), start, end)])


def test_a_model_trained_elsewhere_is_judged_on_what_it_has_not_heard(store, register):
    """On its own training sound a model seems better than it is to all who come after."""
    version, _ = register(heard("a", 0, 4) | heard("c", 1.5, 9))
    decision = on_data(version)
    assert clips_of(decision) == {"sound/a.wav@10-11.5s", "sound/b.wav@0-3s"}
    assert (decision.promoted, decision.entry.gate) == (False, "codec")
    assert store.get_model_version(NAME, "1").tags[TAG] == decision.entry.evidence
    (run,) = mlflow.search_runs(filter_string="metrics.`test.clips` = 2", output_format="list")
    assert run.info.run_id == decision.entry.evidence.split("/")[0]


def test_the_ceiling_is_the_models_own_codec_at_its_own_bandwidth(store, register):
    """Beside another, or more bits, the bottleneck would be blamed for what it has not lost."""
    version, made = register(heard("a", 0, 60))
    on_data(version)
    (run,) = mlflow.search_runs(filter_string="metrics.`test.clips` = 2", output_format="list")
    scores = []
    for name in "bc":
        samples, _ = soundfile.read(f"sound/{name}.wav", dtype="float32")
        own = made.codec.given_back(samples, made.bandwidth)
        scores.append(score_pair(samples, own, RATE)[0]["si_sdr"])
    assert run.data.metrics["test.codec_si_sdr"] == pytest.approx(np.mean(scores), abs=1e-3)


def test_one_that_has_heard_everything_is_one_line(store, register):
    version, _ = register(heard("a", 0, 60) | heard("b", 0, 60) | heard("c", 0, 60))
    with pytest.raises(UserError, match="has heard all of these 4 clips"):
        on_data(version)


@pytest.fixture
def champions(store, register) -> set[str]:
    """A champion whose training left two odd stretches of the folder for the test."""
    names = {"sound/a.wav@2.5-5s", "sound/b.wav@1-3s"}
    version, _ = register(Seen.whole([]))
    clips = cut_named(with_digests(read_sound_folders([Path("sound")])), names, RATE)
    judge = Judge.of("easy.yaml", FAN_OUT)
    with mlflow.start_run():
        _, decision = judge.evaluate_and_promote(version, served(version), clips)
    assert decision.promoted
    return names


def test_the_champions_own_clips_are_taken_where_they_can_be(store, register, champions):
    """On the same clips, by the same gate, a new version needs nobody's permission."""
    version, _ = register(heard("a", 5, 60), seed=1)
    decision = on_data(version)
    assert clips_of(decision) == champions
    entry = decision.entry
    assert (decision.promoted, entry.outcome, entry.gate) == (True, "PASS", "easy")


def test_one_that_has_heard_the_champions_clips_is_judged_on_others_beside_it(
    store, register, champions
):
    """Another test set is a change of terms, and the champion is asked on it too."""
    version, _ = register(heard("a", 0, 4), seed=1)
    decision = on_data(version, replace(Judge.of_record(version, FAN_OUT), accept="new voices"))
    assert clips_of(decision) == ALL - {"sound/a.wav@0-10s"}
    rows = {line.split("|")[1].strip(): line for line in decision.entry.table.splitlines()[2:]}
    assert "PASS" in rows["si_sdr - champion's > -1000"]
    assert "INVESTIGATE" in rows["test set is the champion's"]
    entry = decision.entry
    assert (decision.promoted, entry.outcome, entry.reason) == (True, "INVESTIGATE", "new voices")


def test_a_dry_run_leaves_no_evidence_on_the_version(store, register):
    """A question must not be an answer."""
    version, _ = register(heard("a", 0, 60))
    decision = on_data(version, replace(Judge.of("easy.yaml", FAN_OUT), dry_run=True))
    assert decision.entry.outcome == "PASS"
    assert TAG not in store.get_model_version(NAME, "1").tags
    assert set(store.get_registered_model(NAME).aliases) == {"candidate"}


def test_the_demo_is_the_study_that_it_would_have_been_trained_on(store, register, monkeypatch):
    """Another one would be another test set each time, and the aviary has no speech in it."""
    asked = []

    def study_of(_: Path, study: Study) -> pd.DataFrame:
        asked.append(study)
        return read_sound_folders([Path("sound")])

    monkeypatch.setattr("projects.codec.data.read_study", study_of)
    version, made = register(heard("a", 0, 60))
    decision = on_data(version, format="demo")
    assert clips_of(decision) == {"sound/b.wav@0-3s", "sound/c.wav@0-2s"}
    assert asked == [Study(tr=made.tr)]
