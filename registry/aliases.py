"""Bringing a model's aliases in line with the last decision about it."""

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from registry.chain import Decided, finish, head, intact
from registry.entry import Entry
from registry.standing import standing
from registry.versions import CHAMPION, PREVIOUS, version_with_alias

LONGEST_DESCRIPTION = 5000
"""Of a version; PostgreSQL takes no more, and the decision would stay undone for good."""


def champion_found(model: str) -> str:
    """The version under `@champion` as the store has it, empty where there is none."""
    return _found(model, CHAMPION)


def caught_up(model: str) -> tuple[Entry | None, str]:
    """Completes what an earlier process left undone. The caller holds the model's lock.

    Args:
        model: Name of the registered model.

    Returns:
        Who stands where by the last decision, and what was otherwise than it says.
    """
    last = head(model)
    if last is None:
        return None, ""
    stands, found = standing(intact(last)), champion_found(model)
    otherwise = []
    if stands is not last.entry:
        otherwise.append("the model was made anew")
        finish(last)
    elif not last.done:
        bring_in_line(last)
        found = champion_found(model)
    if stands and found != stands.champion_after:
        otherwise.append(f"@champion was on {found or 'no version'}")
    return stands, "; ".join(otherwise)


def bring_in_line(decided: Decided) -> None:
    """Sets the aliases and the version's tags as a decision says; twice is once.

    The caller holds the model's lock.
    """
    client, entry = MlflowClient(), decided.entry
    for alias, version in _wanted(decided).items():
        if version == _found(entry.model, alias):
            continue
        if version and is_there(entry.model, version):
            client.set_registered_model_alias(entry.model, alias, version)
        else:
            client.delete_registered_model_alias(entry.model, alias)
    if decided.done:
        return
    if entry.outcome and is_there(entry.model, entry.version):
        _describe(client, decided)
    finish(decided)


def is_there(model: str, version: str) -> bool:
    """Whether there is such a version: a deleted one must not stand in the way of all to come."""
    try:
        MlflowClient().get_model_version(model, version)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return False
    return True


def still_there(model: str, version: str) -> str:
    """The version; empty for none, and where it was deleted."""
    return version if version and is_there(model, version) else ""


_ALIASES = (PREVIOUS, CHAMPION)
"""In the order in which they are set: a kill between them leaves the old champion."""


def _wanted(decided: Decided) -> dict[str, str]:
    wanted = (decided.entry.previous_after, decided.entry.champion_after)
    return dict(zip(_ALIASES, wanted, strict=True))


def _found(model: str, alias: str) -> str:
    found = version_with_alias(model, alias)
    return str(found.version) if found else ""


def _describe(client: MlflowClient, decided: Decided) -> None:
    """Writes the gate's answer where versions are compared."""
    entry = decided.entry
    tags = {
        "gate": entry.gate,
        "gate.outcome": entry.outcome,
        "decision": entry.decision,
        "decision.run": decided.run.info.run_id,
    }
    for name, value in tags.items():
        client.set_model_version_tag(entry.model, entry.version, name, value)
    client.update_model_version(entry.model, entry.version, entry.table[:LONGEST_DESCRIPTION])
