"""Who may join an ensemble: networks that differ, and that answer to the same question."""

import mlflow
import pandas as pd
import pytest
import torch
from local_store import local_store

from projects.errors import UserError
from projects.species.classifier import SpeciesClassifier
from projects.species.front_ends.log_mel import LogMel
from projects.species.members import read_members
from projects.species.models.mfcc_cnn import build_mfcc_cnn
from projects.species.packaging import log_classifier
from projects.species.split import log_split

SIDES = ["train", "validation", "test"]


@pytest.fixture(scope="module")
def registered(empty_database, tmp_path_factory):
    """A network as `one` and again as `copy`, and as `other` one that knows another species."""
    with local_store(empty_database, tmp_path_factory.mktemp("members")) as client:
        experiment = client.create_experiment("members")
        for names, labels in ((("one", "copy"), ["robin", "wren"]), (("other",), ["owl", "wren"])):
            with mlflow.start_run(experiment_id=experiment):
                log_split(split())
                torch.manual_seed(0)
                network = build_mfcc_cnn(labels, 128, coefficients=13).eval()
                front_end = LogMel(segment_seconds=1)
                classifier = SpeciesClassifier(network, front_end, labels, frozenset())
                logged = log_classifier(classifier, {})
            for name in names:
                mlflow.register_model(logged.model_uri, name)
        client.set_registered_model_alias("one", "candidate", "1")
        yield


def split() -> pd.DataFrame:
    names = [f"clip {side}" for side in SIDES]
    columns = {"recording_id": names, "audio": names, "group": names, "split": SIDES}
    return pd.DataFrame({**columns, "label": "wren"})


def refusal(*uris: str) -> str:
    with pytest.raises(UserError) as error:
        read_members(uris)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    "uri",
    ["models:/one/01", "models:/one/latest", "models:/one@nobody", "runs:/0/model", "one/1", ""],
)
def test_only_a_version_or_an_alias_names_a_member(registered, uri):
    """Other addresses let a network in twice, or mean another one when the run is read again."""
    told = refusal("models:/one/1", uri)
    assert told.startswith("members: expected models:/NAME/VERSION, or models:/NAME@ALIAS")
    assert told.endswith(repr(uri))


@pytest.mark.parametrize("again", ["models:/one/1", "models:/one@candidate", "models:/copy/1"])
def test_a_network_is_no_member_twice_whatever_it_is_called(registered, again):
    """It would count twice as much, in an ensemble of one."""
    assert "expected each once" in refusal("models:/one/1", again)


def test_networks_of_other_species_are_refused_before_anything_is_scored(registered):
    """Scoring takes minutes, and its error would be about a candidate and a champion."""
    assert "expected networks of the same labels" in refusal("models:/one/1", "models:/other/1")
