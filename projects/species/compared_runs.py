"""Training runs as the networks that a comparison is about."""

from collections.abc import Sequence

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from evaluation.comparison.network import Network
from evaluation.predictions import Predictions
from evaluation.training_metrics import TRAINING_METRICS
from projects.errors import UserError
from projects.species.split import read_split
from projects.species.training.config import WHERE_ONLY
from projects.species.what_is_trained import NETWORK, RECIPE
from projects.tracking import CONFIG_PREFIX
from registry.dossier import TAG, Dossier, read_dossier, read_items

PROGRESS = "validation.accuracy"
COSTS = ("epochs", "seconds", "parameters")
COST_PREFIX = "train."


def evaluated_version(run_id: str) -> ModelVersion | None:
    """The last version that a run registered and that there is evidence about, or None."""
    made = MlflowClient().search_model_versions(f"run_id = '{run_id}'")
    evaluated = [version for version in made if TAG in version.tags]
    return max(evaluated, key=lambda version: version.creation_timestamp, default=None)


def networks_of_runs(run_ids: Sequence[str]) -> list[Network]:
    """Reads runs in the order in which they are named, each once.

    Raises:
        UserError: A run is unknown, or registered no evaluated species classifier.
    """
    if not run_ids:
        raise UserError("runs: expected ids of training runs, got none")
    return [_of_run(run_id) for run_id in dict.fromkeys(run_ids)]


def networks_of_experiment(name: str) -> list[Network]:
    """Reads all runs of an experiment that registered an evaluated species classifier.

    Returns:
        The network that was trained first first.

    Raises:
        UserError: There is no such experiment, or no such run in it.
    """
    experiment = mlflow.get_experiment_by_name(name)
    if experiment is None:
        raise UserError(f"experiment: expected the name of an experiment, got {name!r}")
    networks = []
    for run in mlflow.search_runs(
        [experiment.experiment_id], order_by=["attributes.start_time ASC"], output_format="list"
    ):
        version = evaluated_version(run.info.run_id)
        if version is not None:
            dossier = read_dossier(version.tags[TAG])
            if dossier.kind == "classification":
                networks.append(_network(run, version, dossier))
    if not networks:
        raise UserError(
            f"experiment: expected runs that registered an evaluated species classifier, got none "
            f"in {name!r}"
        )
    return networks


def _of_run(run_id: str) -> Network:
    try:
        run = MlflowClient().get_run(run_id)
    except MlflowException as error:
        raise UserError(
            f"runs: expected ids of training runs, got {run_id!r}: none is there"
        ) from error
    version = evaluated_version(run_id)
    if version is None:
        raise UserError(
            f"runs: expected runs that registered an evaluated model, got {run_id!r}, which did not"
        )
    dossier = read_dossier(version.tags[TAG])
    if dossier.kind != "classification":
        raise UserError(
            f"runs: expected runs of species classifiers, got {run_id!r}, whose model is judged by "
            f"{dossier.kind}"
        )
    return _network(run, version, dossier)


def _network(run: Run, version: ModelVersion, dossier: Dossier) -> Network:
    tags, metrics, run_id = run.data.tags, run.data.metrics, run.info.run_id
    costs = {name: metrics.get(COST_PREFIX + name) for name in COSTS}
    training = {
        name: each for name, each in dossier.intervals().items() if name in TRAINING_METRICS
    }
    return Network(
        name=run.info.run_name or run_id,
        run_id=run_id,
        version=f"{version.name} {version.version}",
        family=tags.get(NETWORK, ""),
        recipe=tags.get(RECIPE, ""),
        settings=_settings(run),
        dataset=dossier.dataset,
        predictions=Predictions.from_table(read_items(version.tags[TAG], dossier)),
        training=training,
        costs={**{name: cost for name, cost in costs.items() if cost is not None}, **dossier.costs},
        machine=dossier.machine,
        recordings=read_split(run_id),
        # An ensemble's one measurement is no epoch.
        progress=_progress(run_id) if costs["epochs"] is not None else {},
    )


def _settings(run: Run) -> dict[str, str]:
    """What the network was made with; where its parts are kept and who judges it is no part."""
    effective = {
        key.removeprefix(CONFIG_PREFIX): value
        for key, value in run.data.params.items()
        if key.startswith(CONFIG_PREFIX)
    }
    return {name: value for name, value in effective.items() if name not in WHERE_ONLY}


def _progress(run_id: str) -> dict[int, float]:
    """Epoch to validation accuracy; of an epoch that was done twice, the last time."""
    history = MlflowClient().get_metric_history(run_id, PROGRESS)
    return {each.step: each.value for each in sorted(history, key=lambda each: each.timestamp)}
