"""What a comparison reads of a run, and which runs it can be about."""

import mlflow
import numpy as np
import pytest
from birds import answers, recordings
from candidates import findings, make_candidate, new_version, put_on_record
from local_store import local_store
from trainings import make_training

from evaluation.findings import Findings
from projects.audio.manifest import dataset_digest
from projects.errors import UserError
from projects.species.compared_runs import networks_of_experiment, networks_of_runs

SETTINGS = {"seed": 3, "mixup_alpha": 0.4, "store": "here", "model_name": "birds", "gate": "g"}
TAGS = {"network": "AST", "recipe": "a" * 16}


@pytest.fixture(scope="module")
def client(tmp_path_factory, empty_database):
    with local_store(empty_database, tmp_path_factory.mktemp("compared_runs")) as client:
        yield client


@pytest.fixture(scope="module")
def trained(client) -> str:
    return make_training(
        client, answers(0.8, 1), tags=TAGS, name="dawn", settings=SETTINGS, experiment="read"
    )


@pytest.fixture(scope="module")
def reconstruction(client) -> str:
    """A run whose model gives sound back."""
    version = new_version(client, "sounds")
    items = findings(0.5).items
    put_on_record(
        client, version, version.run_id, Findings("reconstruction", "d" * 36, {}, items, 0.1)
    )
    return version.run_id


def test_all_that_a_comparison_shows_is_read(trained):
    (network,) = networks_of_runs([trained, trained])
    assert (network.name, network.run_id, network.family, network.recipe) == (
        "dawn",
        trained,
        "AST",
        "a" * 16,
    )
    assert network.settings == {"seed": "3", "mixup_alpha": "0.4"}
    assert network.version.startswith("birds ")
    expected = answers(0.8, 1)
    np.testing.assert_array_equal(network.predictions.probabilities, expected.probabilities)
    assert network.predictions.item_ids == expected.item_ids
    split = recordings()
    assert network.recordings.equals(split)
    assert network.dataset == dataset_digest(split[split["split"] == "test"])
    assert {name: each.value for name, each in network.training.items()} == {
        "train_validation_gap": 0.1,
        "epochs_to_best": 4,
    }
    size = network.costs["size"]
    assert size > 0
    assert network.costs == {
        "epochs": 5,
        "seconds": 450,
        "parameters": 1_234_567,
        "latency": 0.02,
        "size": size,
    }
    assert network.progress == {n + 1: pytest.approx(0.5 + n / 20) for n in range(5)}


def test_what_an_ensemble_has_not_is_absent(client):
    """An ensemble must not be shown with 0 epochs."""
    run = make_training(client, answers(0.8), epochs=0, experiment="ensembles")
    client.log_metric(run, "validation.accuracy", 0.8)
    (network,) = networks_of_runs([run])
    assert (network.family, network.recipe, network.progress) == ("", "", {})
    assert set(network.costs) == {"latency", "size"}
    assert network.training == {}


def test_of_an_epoch_done_twice_the_last_time_counts(client, trained):
    """A training that was killed and went on does an epoch again."""
    run = make_training(client, answers(0.7), experiment="resumed")
    client.log_metric(run, "validation.accuracy", 0.99, step=2)
    (network,) = networks_of_runs([run])
    assert network.progress[2] == 0.99


def test_an_experiment_is_its_evaluated_classifiers_the_first_first(client, reconstruction):
    """Failed trainings and codecs lie in the same experiments."""
    runs = [make_training(client, answers(0.8, n), experiment="all of it") for n in range(2)]
    with mlflow.start_run():
        pass
    assert [network.run_id for network in networks_of_experiment("all of it")] == runs
    with pytest.raises(UserError, match="got none in 'trainings'"):
        networks_of_experiment("trainings")


def test_what_cannot_be_compared_is_one_line(client, reconstruction, trained):
    """A misspelt id, a training that failed, a codec."""
    with mlflow.start_run() as bare:
        pass
    without_evidence = new_version(client, "birds").run_id
    for runs, reason in {
        (): "got none",
        ("nosuchrun",): "got 'nosuchrun': none is there",
        (trained, "0" * 32): "none is there",
        (bare.info.run_id,): "which did not",
        (without_evidence,): "which did not",
        (reconstruction,): "judged by reconstruction",
    }.items():
        with pytest.raises(UserError, match=reason):
            networks_of_runs(runs)
    with pytest.raises(UserError, match="'nosuch'"):
        networks_of_experiment("nosuch")


def test_a_run_that_does_not_say_what_it_was_trained_on_is_refused(client):
    """It may have been trained on the test recordings."""
    version = make_candidate(client, "birds")
    with pytest.raises(UserError, match=r"expected dataset/split\.csv, got none"):
        networks_of_runs([version.run_id])


def test_names_that_pandas_takes_for_missing_stay_names(client):
    """A recordist NA would become a number, and the digest another."""
    split = recordings()
    split.loc[split["group"] == "other 0", "group"] = "NA"
    run = make_training(client, answers(0.8), split=split, experiment="missing")
    (network,) = networks_of_runs([run])
    assert "NA" in set(network.recordings["group"])
