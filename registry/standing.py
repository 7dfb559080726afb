"""Who stands where by decision; what was decided about another model of the name is past."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from registry import chain
from registry.chain import Decided
from registry.entry import PROMOTED, Entry


def made_at(model: str) -> str:
    """When a registered model was made, in milliseconds; empty where there is none.

    It tells a model from another one that had its name before. It is one number of the store, which
    is kept and compared as it is: no clock of who decides comes into it.
    """
    try:
        return str(MlflowClient().get_registered_model(model).creation_timestamp)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return ""


def is_about(entry: Entry, made: str) -> bool:
    """Whether a decision is about the model that was made then.

    A decision from before this was noted is held to be; so is one about a model that is gone.
    """
    return not entry.model_made or not made or entry.model_made == made


def about(model: str, decided: Iterable[Decided]) -> list[Decided]:
    """Those decisions that are about the model that is there."""
    made = made_at(model)
    return [each for each in decided if is_about(each.entry, made)]


def standing(last: Decided | None) -> Entry | None:
    """The last decision; where it is about another model, nobody stands anywhere by it.

    The chain goes on in its place, its champions do not.
    """
    if last is None or is_about(last.entry, made_at(last.entry.model)):
        return last.entry if last else None
    return replace(last.entry, champion_after="", previous_after="", champion_decision="")


def champions_decision(stands: Entry | None) -> Entry | None:
    """The decision by which the champion passed, None where there is no champion by a decision.

    Args:
        stands: As `standing` tells it.

    Raises:
        UserError: It was changed after it was sealed.
    """
    return chain.entry_at(stands.model, stands.champion_decision) if stands else None


def promotion_of(version: str, decided: Sequence[Decided]) -> Entry | None:
    """The last of some decisions that made a version champion by a gate."""
    entries = (each.entry for each in reversed(decided))
    return next((e for e in entries if (e.decision, e.version) == (PROMOTED, version)), None)
