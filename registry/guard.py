"""What the server refuses, whichever of its doors was used.

Each function raises an `MlflowException` of one sentence where something must not be done.
"""

from mlflow import MlflowClient

from registry import chain, kept
from registry.asker import promoter
from registry.promotion import Asked, promote
from registry.refusal import refused, why_not
from registry.versions import CHAMPION, PREVIOUS


def is_kept(alias: str) -> bool:
    """Whether an alias is moved by decisions only, however it is spelt."""
    return alias.casefold() in kept.ALIASES


def set_kept_alias(model: str, alias: str, version: str) -> None:
    """Has it decided whether a version becomes `@champion`; another alias is refused."""
    if alias == PREVIOUS:
        raise refused(
            f"@{PREVIOUS} of {model}: expected promotions and rollbacks alone to move it: "
            f"promote a version, or go back by mlflow run . -e rollback -P model={model}"
        )
    if alias != CHAMPION:
        raise refused(f"alias {alias}: expected @{alias.casefold()} in small letters: write it so")
    decision = promote(Asked(model, version, promoter()))
    if not decision.promoted:
        raise refused(why_not(decision))


def keep_alias(model: str, alias: str) -> None:
    """Refuses to take an alias away that decisions keep."""
    if alias in kept.ALIASES:
        raise refused(
            f"@{alias} of {model} stays: promote another version, or go back by "
            f"mlflow run . -e rollback -P model={model}"
        )


def keep_version(model: str, version: str) -> None:
    """Refuses to delete a version in use."""
    if version in kept.in_use(model):
        raise refused(
            f"{model} version {version} stays, it is @{CHAMPION} or @{PREVIOUS} of record: promote "
            "other versions first"
        )


def keep_model(model: str) -> None:
    """Refuses to delete a model with versions in use."""
    used = kept.in_use(model)
    if used:
        raise refused(
            f"{model} stays, it has a @{CHAMPION}: delete versions other than "
            f"{' and '.join(sorted(used, key=int))} instead"
        )


def keep_name(model: str, new: str) -> None:
    """Refuses to part a model from its history, or to give it another's."""
    for name in (model, new):
        if chain.head(name) or kept.in_use(name):
            raise refused(
                f"{model} keeps its name, there are decisions about {name}: register its versions "
                "under another name instead"
            )


def keep_decision(run_id: str) -> None:
    """Refuses to change a decision."""
    if kept.experiment_of(run_id) == kept.promotions():
        raise refused(f"run {run_id} stays as it is, it is a decision: note it in another run")


def keep_run(run_id: str) -> None:
    """Refuses to delete a decision, or what a version in use rests on."""
    keep_decision(run_id)
    decision = kept.promotion_resting_on(run_id)
    if decision:
        raise refused(f"run {run_id} stays, it is the evidence of the decision {decision!r}")
    version = kept.version_trained_by(run_id)
    if version:
        raise refused(f"run {run_id} stays, it made {version.name} version {version.version}")


def keep_experiment(experiment_id: str) -> None:
    """Refuses to delete or rename the decisions."""
    if experiment_id == kept.promotions():
        raise refused(f"experiment {chain.EXPERIMENT} stays as it is, it holds all decisions")


def keep_experiment_runs(experiment_id: str) -> None:
    """Refuses to delete the decisions, or an experiment with runs that have to stay."""
    keep_experiment(experiment_id)
    for run_id in kept.evidence_runs():
        if kept.experiment_of(run_id) == experiment_id:
            raise refused(
                f"experiment {experiment_id} stays, its run {run_id} is the evidence of a promotion"
            )
    for version in kept.all_in_use():
        if version.run_id and kept.experiment_of(version.run_id) == experiment_id:
            raise refused(
                f"experiment {experiment_id} stays, its run {version.run_id} made {version.name} "
                f"version {version.version}"
            )


def keep_no_run(experiment_id: str) -> None:
    """Refuses to write a run where only decisions are."""
    if experiment_id == kept.promotions():
        raise refused(
            f"experiment {chain.EXPERIMENT}: expected decisions only, got a run: "
            "choose another experiment"
        )


def keep_logged_model(model_id: str) -> None:
    """Refuses to delete the logged model that a version in use was made from."""
    client = MlflowClient()
    for version in kept.all_in_use():
        files = client.get_model_version_download_uri(version.name, version.version)
        if model_id in files.split("/"):
            raise refused(
                f"logged model {model_id} stays, it is {version.name} version {version.version}"
            )
