"""Evaluating a registered version on any manifest, against a store that `train_ast` made."""

import mlflow
import pandas as pd
import pytest
from conftest import Workplace, write_chirps

from evaluation.evaluate import EvaluateConfig, evaluate
from projects.errors import UserError

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def run(trained: Workplace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(trained.folder)
    mlflow.set_tracking_uri(trained.tracking_uri)
    mlflow.set_experiment("evaluation")
    with mlflow.start_run() as started:
        yield started


def config(data, **changes) -> EvaluateConfig:
    return EvaluateConfig.validated({"format": "csv", "data": str(data), **changes})


def test_what_the_model_was_trained_on_is_left_out(trained, capsys, caplog):
    """A score on its own training recordings would flatter the model."""
    caplog.set_level("INFO")
    evaluate(config(trained.recordings))
    total = len(pd.read_csv(trained.recordings))
    left_out = next(int(r.args[0]) for r in caplog.records if "left out" in r.message)
    assert 0 < left_out < total
    scored = total - left_out
    assert f"scored: {scored} of {scored} clips" in capsys.readouterr().out


def test_other_recordings_are_scored_and_the_failing_one_is_named(run, trained, tmp_path, capsys):
    write_chirps(tmp_path, groups=2, seed=100)
    (tmp_path / "recordist 0 bird 1.wav").write_text("not audio")
    evaluate(config(tmp_path / "recordings.csv", gate="gate_2"))
    printed = capsys.readouterr().out
    assert "scored: 5 of 6 clips" in printed
    assert "recordist 0 bird 1.wav" in printed
    store = mlflow.MlflowClient()
    metrics = store.get_run(run.info.run_id).data.metrics
    assert metrics["evaluation.failed"] == 1
    assert metrics["evaluation.accuracy.lower"] <= metrics["evaluation.accuracy"]
    assert store.get_run(run.info.run_id).data.tags["gate"] == "gate_2"


def test_labels_that_the_model_does_not_know_are_refused(tmp_path):
    write_chirps(tmp_path, labels=4, groups=2, seed=100)
    with pytest.raises(UserError, match="'bird 3'"):
        evaluate(config(tmp_path / "recordings.csv"))


def test_recordings_that_were_all_trained_on_are_refused(trained, tmp_path):
    split = pd.read_csv(trained.recordings)
    seen = split[split["group"].isin(_training_groups())]
    seen.assign(path=[str(trained.folder / path) for path in seen["path"]]).to_csv(
        tmp_path / "seen.csv", index=False
    )
    with pytest.raises(UserError, match="trained on all"):
        evaluate(config(tmp_path / "seen.csv"))


def _training_groups() -> set[str]:
    store = mlflow.MlflowClient()
    champion = store.get_model_version_by_alias("species-classifier", "champion")
    split = pd.read_csv(store.download_artifacts(champion.run_id, "dataset/split.csv"))
    return set(split.loc[split["split"] == "train", "group"])


def test_a_model_that_is_not_there_is_named(trained):
    with pytest.raises(UserError, match="models:/no-such/1"):
        evaluate(config(trained.recordings, model="models:/no-such/1"))


def test_the_seeds_third_gate_can_be_asked_of_a_registered_version(run, trained):
    """Its gap and its best epoch were measured in the training, and are read from there."""
    evaluate(config(trained.recordings, gate="gate_3"))
    outcome = mlflow.MlflowClient().get_run(run.info.run_id).data.tags["gate.outcome"]
    assert outcome in {"PASS", "INVESTIGATE", "STOP"}
