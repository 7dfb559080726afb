"""Entry point: looks for what does not add up in the registry; it only reads."""

from collections.abc import Callable, Iterable
from functools import partial

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from pydantic import Field

from evaluation.markdown import markdown_table
from projects.config import Config
from projects.errors import UserError
from projects.tracking import run_without_tracking
from registry import chain
from registry.faults.aliases import alias_faults
from registry.faults.chain import chain_faults
from registry.faults.claims import claim_faults
from registry.faults.evidence import evidence_faults
from registry.faults.fault import Fault
from registry.faults.left_behind import left_behind
from registry.faults.standing import standing_faults


class FaultsError(UserError):
    """Something does not add up."""

    exit_code = 1


class AuditConfig(Config):
    """Looks for what does not add up: decisions, aliases, evidence, files and runs."""

    model: str | None = Field(
        None, min_length=1, description="registered model; empty for all, and all runs"
    )
    stale_hours: float = Field(
        24.0, ge=0, description="hours after which a run that is RUNNING counts as left behind"
    )


def audit(config: AuditConfig) -> None:
    """Prints a table of faults.

    Raises:
        FaultsError: There are some.
        UserError: There is no such model.
    """
    models = _known_models()
    if config.model and config.model not in models:
        raise UserError(f"model: expected one of {', '.join(models) or 'none'}, got {config.model}")
    chosen = [config.model] if config.model else models
    counts, faults = 0, []
    for model in chosen:
        found, decisions = audited(model)
        faults += found
        counts += decisions
    if not config.model:
        faults += _found("all experiments", "runs", partial(left_behind, config.stale_hours))
    checked = f"in {_counted(len(chosen), 'model')}, {_counted(counts, 'decision')} checked"
    if not faults:
        print(f"no faults {checked}")
        return
    header = ("where", "what", "which", "what to do")
    rows = [(fault.where, fault.what, fault.which, fault.remedy) for fault in faults]
    print(markdown_table(header, rows))
    raise FaultsError(f"{_counted(len(faults), 'fault')} {checked}")


def audited(model: str) -> tuple[list[Fault], int]:
    """Looks through one model.

    Args:
        model: Name of the registered model.

    Returns:
        What does not add up, and how many decisions there are.
    """
    try:
        # One behind the other, so that hardly anyone promotes between the two.
        decided = chain.decisions(model)
        aliases = _aliases(model)
    except (UserError, MlflowException) as error:
        return [_unchecked(model, "all", error)], 0
    checks = {
        "decisions": partial(chain_faults, model, decided),
        "aliases": partial(alias_faults, model, aliases, decided),
        "evidence": partial(evidence_faults, model, decided),
        "versions": partial(standing_faults, model, decided),
        "tags": partial(claim_faults, model, decided),
    }
    return [each for what in checks for each in _found(model, what, checks[what])], len(decided)


def _found(where: str, what: str, check: Callable[[], Iterable[Fault]]) -> list[Fault]:
    found: list[Fault] = []
    try:
        found.extend(check())
    except Exception as error:  # Whatever one check meets must not hide what another finds.
        found.append(_unchecked(where, what, error))
    return found


def _unchecked(where: str, what: str, error: Exception) -> Fault:
    reason = (str(error).splitlines() or [""])[0]
    return Fault(where, f"cannot be checked: {type(error).__name__}: {reason}", what, "look at it")


def _aliases(model: str) -> dict[str, str]:
    try:
        found = MlflowClient().get_registered_model(model).aliases
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return {}
    return {alias: str(version) for alias, version in found.items()}


def _known_models() -> list[str]:
    """All that are registered, and all that were ever decided about."""
    registered = {model.name for model in mlflow.search_registered_models()}
    return sorted(registered | _models_decided_about())


def _models_decided_about() -> set[str]:
    experiment = chain.experiment_id()
    if experiment is None:
        return set()
    runs = mlflow.search_runs(
        [experiment], "tags.model LIKE '%'", ViewType.ALL, output_format="list"
    )
    return {run.data.tags["model"] for run in runs}


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


if __name__ == "__main__":
    run_without_tracking(AuditConfig, audit)
