"""From registered classifiers to one that joins them, on the same way as a single network."""

import base64
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from conftest import TINY_TRAINING, Workplace, write_chirps
from local_store import tracking

from projects.errors import UserError
from projects.species.train import train_species
from projects.species.train_ast import AstConfig
from projects.species.train_baseline import BaselineConfig
from projects.species.train_efficientnet import EfficientNetConfig
from projects.species.train_ensemble import EnsembleConfig, train_ensemble

pytestmark = pytest.mark.slow

BASELINE = {
    name: value
    for name, value in TINY_TRAINING.items()
    if name in {"format", "segment_seconds", "epochs", "batch_size", "workers"}
}
NAME = "joined"


@pytest.fixture(scope="module")
def store(trained: Workplace, easy_gate: Path, tmp_path_factory: pytest.TempPathFactory):
    """Two networks of one split, an AST and the baseline, under one name."""
    with pytest.MonkeyPatch.context() as patch, tracking(trained.tracking_uri) as client:
        patch.chdir(trained.folder)
        experiment = mlflow.create_experiment("joining")
        common = {"data": trained.recordings, "gate": str(easy_gate), "model_name": NAME}
        for config in (
            AstConfig.validated({**TINY_TRAINING, **common}),
            BaselineConfig.validated({**BASELINE, **common}),
        ):
            with mlflow.start_run(experiment_id=experiment):
                train_species(config)
        yield client


def settings(trained: Workplace, easy_gate: Path, **changes: object) -> EnsembleConfig:
    return EnsembleConfig.validated(
        {
            "data": trained.recordings,
            "format": "csv",
            "gate": str(easy_gate),
            "model_name": NAME,
            "members": f"models:/{NAME}/1, models:/{NAME}/2",
            **changes,
        }
    )


def run_of(config: EnsembleConfig, store: mlflow.MlflowClient) -> mlflow.entities.Run:
    experiment = store.get_experiment_by_name("joining").experiment_id
    with mlflow.start_run(experiment_id=experiment) as run:
        train_ensemble(config)
    return store.get_run(run.info.run_id)


def test_an_ensemble_is_registered_with_its_lineage_and_served_like_any_other(
    trained, store, easy_gate, capsys
):
    run = run_of(settings(trained, easy_gate, weights="learnt"), store)
    printed = capsys.readouterr().out
    assert "its best member on validation, on test" in printed
    version = max(store.search_model_versions(f"name='{NAME}'"), key=lambda v: int(v.version))
    assert version.run_id == run.info.run_id
    members = mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/ensemble/members.json")
    assert [each["model"] for each in members["members"]] == [
        f"models:/{NAME}/1",
        f"models:/{NAME}/2",
    ]
    assert sum(each["weight"] for each in members["members"]) == pytest.approx(1)
    assert {given.model_id for given in run.inputs.model_inputs} == {
        each["model_id"] for each in members["members"]
    }
    assert run.data.tags["network"] == "ensemble, learnt: AST + MFCC CNN"
    assert {"gain.macro_f1", "test.macro_f1", "validation.macro_f1"} <= set(run.data.metrics)
    served = mlflow.pyfunc.load_model(f"models:/{NAME}/{version.version}")
    sound = base64.b64encode(next(trained.folder.glob("*.wav")).read_bytes()).decode()
    (answer,) = served.predict(pd.DataFrame({"audio": [sound]}))["top"]
    assert sum(each["probability"] for each in answer) == pytest.approx(1)
    assert served.metadata.metadata["members"] == members["members"]


def test_seeds_of_one_recipe_are_found_together(trained, store):
    """A comparison over seeds would otherwise set each beside the other as a recipe of its own."""
    experiment = store.get_experiment_by_name("joining").experiment_id
    runs = store.search_runs([experiment], order_by=["start_time"])
    ast, baseline = (run.data.tags["recipe"] for run in runs[:2])
    assert ast != baseline
    common = {"data": trained.recordings, "model_name": "another"}
    with mlflow.start_run(experiment_id=experiment) as run:
        train_species(BaselineConfig.validated({**BASELINE, **common, "seed": 7}))
    assert store.get_run(run.info.run_id).data.tags["recipe"] == baseline


def test_a_timm_network_goes_the_same_way(trained, store, easy_gate):
    experiment = store.get_experiment_by_name("joining").experiment_id
    common = {"data": trained.recordings, "gate": str(easy_gate), "model_name": NAME}
    small = {"architecture": "mobilenetv3_small_050", "epochs": "1"}
    with mlflow.start_run(experiment_id=experiment) as run:
        train_species(EfficientNetConfig.validated({**BASELINE, **common, **small}))
    done = store.get_run(run.info.run_id)
    assert done.data.tags["network"] == "mobilenetv3_small_050"
    assert done.data.metrics["train.parameters"] > 500_000
    assert "test.macro_f1" in done.data.metrics


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"members": f"models:/{NAME}/1,models:/{NAME}@candidate,models:/{NAME}/1"}, "each once"),
        ({"members": f"models:/{NAME}/1,models:/nothing/1"}, "models:/nothing/1"),
    ],
)
def test_members_that_cannot_be_joined_are_told_in_one_line(
    trained, store, easy_gate, changes, message
):
    with pytest.raises(UserError, match=message) as error:
        run_of(settings(trained, easy_gate, **changes), store)
    assert "\n" not in str(error.value)


def test_members_tested_on_other_recordings_are_refused(trained, store, easy_gate):
    """Their split is another: one's test recordings are the other's training recordings."""
    common = {"data": trained.recordings, "model_name": "elsewhere", "split_seed": 5}
    experiment = store.get_experiment_by_name("joining").experiment_id
    with mlflow.start_run(experiment_id=experiment):
        train_species(BaselineConfig.validated({**BASELINE, **common}))
    with pytest.raises(UserError, match="expected networks of one split"):
        run_of(settings(trained, easy_gate, members=f"models:/{NAME}/1,models:/elsewhere/1"), store)


def test_other_recordings_than_the_members_were_trained_on_are_refused(
    trained, store, easy_gate, tmp_path
):
    """The weights would be fitted, and the ensemble tested, on what a member may have heard."""
    with pytest.raises(UserError, match="give the data that the members were trained on"):
        run_of(settings(trained, easy_gate, data=write_chirps(tmp_path, seed=1)), store)


def test_one_member_is_no_ensemble():
    with pytest.raises(UserError, match=r"members: expected.*at least 2"):
        EnsembleConfig.validated({"members": "models:/one/1"})
