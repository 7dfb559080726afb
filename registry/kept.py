"""What has to stay: the versions in use, what they rest on, and the decisions about them."""

from collections.abc import Iterator
from functools import cache

from mlflow import MlflowClient
from mlflow.entities import RunInfo, ViewType
from mlflow.entities.model_registry import ModelVersion

from registry import chain
from registry.aliases import champion_found
from registry.dossier import evidence_run
from registry.entry import PROMOTED
from registry.versions import CHAMPION, PREVIOUS

ALIASES = (CHAMPION, PREVIOUS)
"""That decisions alone move."""

RUNS_KNOWN = 10_000
_experiments: dict[str, str] = {}


@cache
def promotions() -> str:
    """The experiment of the decisions, made where there is none yet; asked for once."""
    return chain.made_experiment_id()


def experiment_of(run_id: str) -> str:
    """The experiment of a run, which it cannot leave."""
    return _experiments.get(run_id) or remember(MlflowClient().get_run(run_id).info)


def remember(run: RunInfo) -> str:
    """Spares the question for the experiment of a run, and returns it."""
    if len(_experiments) >= RUNS_KNOWN:
        _experiments.clear()
    _experiments[run.run_id] = str(run.experiment_id)
    return str(run.experiment_id)


def in_use(model: str) -> set[str]:
    """Champion and previous of record; without a decision, the version that has the alias."""
    last = chain.head(model)
    if last is None:
        return {champion_found(model)} - {""}
    return {last.entry.champion_after, last.entry.previous_after} - {""}


def all_in_use() -> Iterator[ModelVersion]:
    """The versions under `@champion` and `@previous` of all models."""
    client, token = MlflowClient(), None
    while True:
        models = client.search_registered_models(page_token=token)
        for model in models:
            used = {model.aliases[alias] for alias in ALIASES if alias in model.aliases}
            yield from (client.get_model_version(model.name, each) for each in used)
        token = models.token
        if not token:
            return


def version_trained_by(run_id: str) -> ModelVersion | None:
    """A version in use that a run made."""
    made = MlflowClient().search_model_versions(f"run_id = '{run_id}'")
    return next((each for each in made if str(each.version) in in_use(each.name)), None)


def promotion_resting_on(run_id: str) -> str | None:
    """The decision that made a version champion on what a run measured."""
    found = MlflowClient().search_runs(
        [promotions()],
        f"tags.decision = '{PROMOTED}' AND tags.evidence LIKE '{run_id}/%'",
        ViewType.ALL,
        max_results=1,
    )
    return found[0].info.run_name if found else None


def evidence_runs() -> Iterator[str]:
    """The runs that promotions rest on."""
    client, token = MlflowClient(), None
    while True:
        found = client.search_runs(
            [promotions()], f"tags.decision = '{PROMOTED}'", ViewType.ALL, page_token=token
        )
        yield from (evidence_run(run.data.tags["evidence"]) for run in found)
        token = found.token
        if not token:
            return
