"""MLflow's stores as the server has them: every one of its doors ends here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.server import handlers
from mlflow.store.model_registry import sqlalchemy_store as model_registry
from mlflow.store.tracking import sqlalchemy_store as tracking
from mlflow.utils.validation import _parse_experiment_id

from registry import guard, kept
from registry.lock import locked
from registry.refusal import told_to_mlflow


class GuardedRegistry(model_registry.SqlAlchemyStore):
    """The registered models, with `@champion` and what it stands on in the guard's care."""

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """As MLflow's; `@champion` is decided about."""
        if not guard.is_kept(alias):
            super().set_registered_model_alias(name, alias, version)
            return
        with told_to_mlflow():
            guard.set_kept_alias(name, alias, str(version))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """As MLflow's, where the guard does not refuse."""
        guard.keep_alias(name, alias)
        super().delete_registered_model_alias(name, alias)

    def delete_model_version(self, name: str, version: str) -> None:
        """As MLflow's, where the guard does not refuse."""
        with _undecided(name):
            # MLflow takes 07 for 7.
            guard.keep_version(name, str(self.get_model_version(name, version).version))
            super().delete_model_version(name, version)

    def delete_registered_model(self, name: str) -> None:
        """As MLflow's, where the guard does not refuse."""
        with _undecided(name):
            guard.keep_model(name)
            super().delete_registered_model(name)

    def rename_registered_model(self, name: str, new_name: str) -> Any:
        """As MLflow's, where the guard does not refuse."""
        with _undecided(name):
            guard.keep_name(name, new_name)
            return super().rename_registered_model(name, new_name)


class GuardedTracking(tracking.SqlAlchemyStore):
    """The runs, with decisions and what they stand on in the guard's care.

    Decisions are read from tags. What writes none is let through unseen, so that logging metrics
    costs what it did.
    """

    def create_run(self, experiment_id: str, *args: Any, **kwargs: Any) -> Any:
        """As MLflow's, where the guard does not refuse."""
        guard.keep_no_run(_plain(experiment_id))
        run = super().create_run(experiment_id, *args, **kwargs)
        kept.remember(run.info)
        return run

    def set_tag(self, run_id: str, tag: Any) -> None:
        """As MLflow's, where the guard does not refuse."""
        guard.keep_decision(run_id)
        super().set_tag(run_id, tag)

    def delete_tag(self, run_id: str, key: str) -> None:
        """As MLflow's, where the guard does not refuse."""
        guard.keep_decision(run_id)
        super().delete_tag(run_id, key)

    def log_batch(self, run_id: str, metrics: Any, params: Any, tags: Any) -> None:
        """As MLflow's, where the guard does not refuse."""
        if tags:
            guard.keep_decision(run_id)
        super().log_batch(run_id, metrics, params, tags)

    def update_run_info(self, run_id: str, *args: Any, **kwargs: Any) -> Any:
        """As MLflow's, where the guard does not refuse."""
        guard.keep_decision(run_id)
        return super().update_run_info(run_id, *args, **kwargs)

    def delete_run(self, run_id: str) -> None:
        """As MLflow's, where the guard does not refuse."""
        with told_to_mlflow():
            guard.keep_run(run_id)
        super().delete_run(run_id)

    def delete_experiment(self, experiment_id: str) -> None:
        """As MLflow's, where the guard does not refuse."""
        with told_to_mlflow():
            guard.keep_experiment_runs(_plain(experiment_id))
        super().delete_experiment(experiment_id)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """As MLflow's, where the guard does not refuse."""
        guard.keep_experiment(_plain(experiment_id))
        super().rename_experiment(experiment_id, new_name)

    def delete_logged_model(self, model_id: str) -> None:
        """As MLflow's, where the guard does not refuse."""
        guard.keep_logged_model(model_id)
        super().delete_logged_model(model_id)


def _plain(experiment_id: str) -> str:
    # MLflow takes 01 for 1.
    return str(_parse_experiment_id(experiment_id))


def guard_stores() -> None:
    """Guards the stores of this server process.

    Clients that this process makes of the database itself are not guarded: decisions use those.

    Raises:
        MlflowException: The stores are not the ones that the guard knows.
    """
    _guard(handlers._get_tracking_store(), tracking.SqlAlchemyStore, GuardedTracking)
    _guard(handlers._get_model_registry_store(), model_registry.SqlAlchemyStore, GuardedRegistry)
    kept.promotions()


def _guard(store: Any, known: type, guarded: type) -> None:
    if type(store) is not known:
        raise MlflowException.invalid_parameter_value(
            f"a guarded server: expected a database without workspaces, got {type(store).__name__}:"
            " start it with --backend-store-uri sqlite:///mlflow.db or postgresql://..."
        )
    # The very object that MLflow holds, with all that it was configured to be.
    store.__class__ = guarded


@contextmanager
def _undecided(model: str) -> Iterator[None]:
    """Keeps decisions about a model off while it is looked at and then changed."""
    with told_to_mlflow(), locked(mlflow.get_registry_uri(), model):
        yield
