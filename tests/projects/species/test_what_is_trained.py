"""What a network depends on: one recipe is one row of a comparison, and another is another."""

from pathlib import Path

import pandas as pd
import pytest

from projects.species.train_ast import AstConfig
from projects.species.what_is_trained import what_is_trained, without_seed

SPLIT = pd.DataFrame(
    {"audio": ["a", "b", "c"], "label": ["owl", "wren", "owl"], "split": ["train", "test", "test"]}
)


def trained(split=SPLIT, **settings):
    return what_is_trained(AstConfig.validated(settings), split)


@pytest.mark.parametrize(
    "settings",
    [
        {"format": "csv", "data": "birds.csv"},
        {"format": "csv", "data": "./birds.csv", "group": "recordist"},
        {"format": "folder", "data": "/home/ann/birds"},
        {"demo_species": 5, "demo_recordings": 50},
        {"test_fold": "5", "split_seed": 7, "test_fraction": 0.3, "validation_fraction": 0.2},
        {"workers": 2, "store": "elsewhere", "gate": "lax", "model_name": "owls"},
    ],
)
def test_the_same_sounds_on_the_same_sides_are_the_same_training(settings):
    """Else two seeds are two rows of one seed, and a killed training begins anew."""
    assert trained(**settings) == trained()


@pytest.mark.parametrize(
    "settings", [{"depth": 2}, {"front_end": "ast_fbank"}, {"segment_seconds": 2}, {"seed": 1}]
)
def test_what_changes_the_weights_makes_another_training(settings):
    assert trained(**settings) != trained()


@pytest.mark.parametrize("column", ["audio", "label", "split"])
def test_other_recordings_make_another_training(column):
    other = SPLIT.assign(**{column: ["x", *SPLIT[column][1:]]})
    assert trained(other) != trained()


def test_seeds_of_one_recipe_differ_in_nothing_else():
    assert without_seed(trained(seed=1)) == without_seed(trained(seed=2))
    assert without_seed(trained(depth=2)) != without_seed(trained())


def test_a_checkpoint_in_a_folder_counts_by_what_it_holds(tmp_path, monkeypatch):
    """Other weights under the same path would be taken for another seed of the recipe."""
    monkeypatch.chdir(tmp_path)
    folder = Path("ast")
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    before = trained(pretrained="ast")
    assert trained(pretrained=str(folder.absolute())) == before
    (folder / "model.safetensors").write_bytes(b"others")
    assert trained(pretrained="ast") != before
    assert trained(pretrained="hub/id") != trained(pretrained="hub/other")
