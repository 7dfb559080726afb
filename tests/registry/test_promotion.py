"""Moving `@champion`, against a real store."""

import shutil
from pathlib import Path

import mlflow
import pytest
from mlflow.entities.model_registry import ModelVersion

from evaluation.bootstrap import Interval
from evaluation.gates.evidence import Compared, Evidence, NoChampion, NotComparable
from evaluation.gates.gate import Gate, decide
from evaluation.gates.reader import load_gate
from evaluation.gates.verdict import Outcome, Verdict
from registry.promotion import EXPERIMENT, promote
from registry.versions import CANDIDATE, CHAMPION, PREVIOUS, version_with_alias

NAME = "species-classifier"
DIGEST = "d" * 36
GOOD = {name: Interval(0.9, 0.8, 0.95) for name in ("accuracy", "macro_f1", "map")}


@pytest.fixture
def store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database: Path
) -> mlflow.MlflowClient:
    monkeypatch.chdir(tmp_path)
    shutil.copy(empty_database, tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    client.create_registered_model(NAME)
    return client


def new_version(store: mlflow.MlflowClient, tmp_path: Path) -> ModelVersion:
    version = store.create_model_version(NAME, str(tmp_path))
    store.set_registered_model_alias(NAME, CANDIDATE, version.version)
    return version


def verdict(outcome: Outcome) -> Verdict:
    return Verdict("a gate", outcome, ())


def alias(name: str) -> str | None:
    found = version_with_alias(NAME, name)
    return str(found.version) if found else None


def test_a_first_model_that_passes_becomes_champion(store, tmp_path):
    decision = promote(new_version(store, tmp_path), lambda _: verdict(Outcome.PASS), DIGEST)
    assert decision.promoted
    assert (alias(CHAMPION), alias(PREVIOUS)) == ("1", None)


@pytest.mark.parametrize("outcome", [Outcome.INVESTIGATE, Outcome.STOP, Outcome.ERROR])
def test_nothing_but_pass_moves_the_champion(store, tmp_path, outcome):
    """The seed passed a gate "with caution"."""
    promote(new_version(store, tmp_path), lambda _: verdict(Outcome.PASS), DIGEST)
    decision = promote(new_version(store, tmp_path), lambda _: verdict(outcome), DIGEST)
    assert not decision.promoted
    assert (alias(CHAMPION), alias(PREVIOUS), alias(CANDIDATE)) == ("1", None, "2")
    tags = store.get_model_version(NAME, "2").tags
    assert tags["gate.outcome"] == outcome.value


def test_the_judge_sees_the_champion_of_the_moment(store, tmp_path):
    seen = []

    def judge(champion: ModelVersion | None) -> Verdict:
        seen.append(str(champion.version) if champion else None)
        return verdict(Outcome.PASS)

    for _ in range(3):
        promote(new_version(store, tmp_path), judge, DIGEST)
    assert seen == [None, "1", "2"]
    assert (alias(CHAMPION), alias(PREVIOUS)) == ("3", "2")


def test_each_decision_is_a_run_that_says_who_when_and_why(store, tmp_path):
    promote(new_version(store, tmp_path), lambda _: verdict(Outcome.PASS), DIGEST)
    promote(new_version(store, tmp_path), lambda _: verdict(Outcome.STOP), DIGEST)
    experiment = store.get_experiment_by_name(EXPERIMENT)
    runs = store.search_runs([experiment.experiment_id], order_by=["start_time"])
    assert [run.data.tags["decision"] for run in runs] == ["promoted", "refused"]
    assert [run.data.tags["champion.after"] for run in runs] == ["1", "1"]
    for run in runs:
        assert run.info.status == "FINISHED"
        assert run.data.tags["decided.by"]
        assert run.data.tags["dataset.digest"] == DIGEST
        assert store.list_artifacts(run.info.run_id)[0].path == "gate.md"


def test_judging_the_champion_again_leaves_no_previous_of_itself(store, tmp_path):
    version = new_version(store, tmp_path)
    for _ in range(2):
        promote(version, lambda _: verdict(Outcome.PASS), DIGEST)
    assert (alias(CHAMPION), alias(PREVIOUS)) == ("1", None)


def test_a_judge_that_fails_changes_nothing_and_frees_the_lock(store, tmp_path):
    version = new_version(store, tmp_path)

    def broken(_: ModelVersion | None) -> Verdict:
        raise RuntimeError("the champion's artifacts are gone")

    with pytest.raises(RuntimeError):
        promote(version, broken, DIGEST)
    assert alias(CHAMPION) is None
    assert promote(version, lambda _: verdict(Outcome.PASS), DIGEST).promoted


@pytest.mark.parametrize(
    ("champion", "outcome"),
    [
        (NoChampion(), Outcome.PASS),
        (Compared("macro_f1", Interval(0.05, 0.01, 0.1), DIGEST), Outcome.PASS),
        (Compared("macro_f1", Interval(-0.3, -0.4, -0.2), DIGEST), Outcome.STOP),
        (Compared("macro_f1", Interval(0.0, -0.1, 0.1), DIGEST), Outcome.INVESTIGATE),
        (Compared("macro_f1", Interval(0.5, 0.4, 0.6), "another"), Outcome.ERROR),
        (NotComparable("other labels"), Outcome.ERROR),
        (None, Outcome.ERROR),
    ],
)
def test_the_default_gate_asks_for_no_loss_against_the_champion(champion, outcome):
    gate: Gate = load_gate("default")
    evidence = Evidence({**GOOD, "ece": Interval(0.1, 0.05, 0.2)}, DIGEST, champion)
    assert decide(gate, evidence, DIGEST).outcome is outcome
