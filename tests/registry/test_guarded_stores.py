"""The guard stands where MLflow's own code passes."""

import inspect

import pytest
from mlflow.exceptions import MlflowException
from mlflow.store.model_registry import sqlalchemy_store as model_registry
from mlflow.store.tracking import sqlalchemy_store as tracking

from registry import guarded_stores
from registry.guarded_stores import GuardedRegistry, GuardedTracking

GUARDED = [
    (guarded, name)
    for guarded in (GuardedRegistry, GuardedTracking)
    for name in vars(guarded)
    if not name.startswith("_")
]


@pytest.mark.parametrize(("guarded", "name"), GUARDED)
def test_mlflow_still_has_what_is_guarded(guarded, name):
    """A newer MLflow that calls it otherwise would walk past the guard."""
    theirs = inspect.signature(getattr(guarded.__base__, name)).parameters
    ours = inspect.signature(getattr(guarded, name)).parameters
    named = [each.name for each in ours.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert named == list(theirs)[: len(named)]
    assert len(named) == len(theirs) or {"args", "kwargs"} < set(ours)


def test_all_ways_to_an_alias_are_known():
    """Every one of these is guarded, only reads, or calls one that is."""
    ways = {
        name for name, _ in inspect.getmembers(model_registry.SqlAlchemyStore) if "alias" in name
    }
    assert ways == {
        "_get_registered_model_alias",
        "_populate_model_version_aliases",
        "delete_prompt_alias",
        "delete_registered_model_alias",
        "get_model_version_by_alias",
        "get_prompt_version_by_alias",
        "set_prompt_alias",
        "set_registered_model_alias",
    }


def test_a_store_that_the_guard_does_not_know_is_not_served():
    """Of a store with workspaces, or in files, it would guard nothing."""
    with pytest.raises(MlflowException, match="expected a database without workspaces"):
        guarded_stores._guard(object(), tracking.SqlAlchemyStore, GuardedTracking)
