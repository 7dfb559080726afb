"""What a study found is tested once more, on recordings that it has not seen."""

import mlflow
import numpy as np
import pytest
import yaml
from conftest import TINY_TRAINING, Workplace, run_module, write_chirps

from evaluation.bootstrap import Interval
from evaluation.predictions import Predictions
from projects.studies.confirm import confirm_report

STUDY = "projects.studies.tune"
CONFIRM = "projects.studies.confirm"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A store with a study of two trials on chirps."""
    folder = tmp_path_factory.mktemp("confirm")
    recordings = write_chirps(folder)
    settings = {**TINY_TRAINING, "data": str(recordings), "epochs": 1}
    (folder / "settings.yaml").write_text(yaml.safe_dump(settings))
    done = run_module(STUDY, folder, study="augmentation", trials=2, config="settings.yaml")
    assert done.returncode == 0, done.stderr
    return Workplace(folder, recordings, done.stdout)


def with_answer(place: Workplace) -> tuple[mlflow.MlflowClient, str]:
    """The study's run, told to have found another configuration than it began with."""
    store = mlflow.MlflowClient(place.tracking_uri)
    experiment = store.get_experiment_by_name("studies")
    found = store.search_runs([experiment.experiment_id], "tags.study.entry_point = 'train_ast'")
    (run,) = (each.info.run_id for each in found)
    return store, run


def trainings(store: mlflow.MlflowClient) -> int:
    experiment = store.get_experiment_by_name("studies")
    return len(store.search_runs([experiment.experiment_id], "tags.confirm.training != ''"))


@pytest.mark.long
def test_each_configuration_is_tested_with_every_seed_and_not_trained_twice(place, monkeypatch):
    store, run = with_answer(place)
    monkeypatch.chdir(place.folder)
    default = store.list_artifacts(run, "study")
    assert {"study/best.yaml", "study/default.yaml"} <= {each.path for each in default}
    best = {**yaml.safe_load((place.folder / "settings.yaml").read_text()), "mixup_alpha": 2.0}
    store.log_text(run, yaml.safe_dump(best), "study/best.yaml")
    first = run_module(CONFIRM, place.folder, study=run, seeds=2)
    assert first.returncode == 0, first.stderr
    assert trainings(store) == 4
    assert "Best minus default, 2 seeds each" in first.stdout
    again = run_module(CONFIRM, place.folder, study=run, seeds=2)
    assert again.returncode == 0, again.stderr
    assert trainings(store) == 4
    assert first.stdout.splitlines()[-5:] == again.stdout.splitlines()[-5:]
    experiment = store.get_experiment_by_name("studies")
    (newest, *_) = store.search_runs([experiment.experiment_id], order_by=["start_time DESC"])
    assert {"difference.macro_f1", "difference.macro_f1.lower"} <= set(newest.data.metrics)


@pytest.mark.long
def test_a_run_that_is_no_study_is_refused_in_one_line(place):
    done = run_module(CONFIRM, place.folder, study="nosuchrun")
    assert done.returncode == 2
    (line,) = (each for each in done.stderr.splitlines() if each.startswith("error:"))
    assert "expected the id of a study's run" in line


def of_recordists(number: int) -> Predictions:
    names = [str(place) for place in range(number)]
    sure = np.tile([0.9, 0.1], (number, 1))
    return Predictions(names, names, np.zeros(number, dtype=int), sure, ["owl", "wren"])


def test_the_report_says_whether_a_difference_is_beyond_noise():
    """Otherwise a person promotes what luck with seeds made."""
    found = {"default": [of_recordists(6)] * 2, "best": [of_recordists(6)] * 2}
    differences = {"macro_f1": Interval(0.1, 0.02, 0.2), "accuracy": Interval(0.1, -0.1, 0.3)}
    report = confirm_report(found, differences, "d1")
    assert "macro_f1: 0.100 (95 % interval 0.020 to 0.200" in report
    lines = {line.split(":")[0]: line for line in report.splitlines() if line.startswith("- ")}
    assert lines["- macro_f1"].endswith("bootstrap over groups and seeds), beyond noise")
    assert lines["- accuracy"].endswith("within noise")


def test_the_report_claims_no_more_than_there_are_recordists_and_seeds():
    found = {"default": [of_recordists(5)], "best": [of_recordists(5)]}
    report = confirm_report(found, {"macro_f1": Interval(0.1, 0.02, 0.2)}, "d1")
    assert report.endswith("0.200, bootstrap over groups), too few groups (5) to tell\n")
