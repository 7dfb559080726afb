"""Where a study is kept: Optuna's own database, which all its workers share."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy import URL, NullPool, create_engine, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from projects.errors import UserError
from registry.lock import DRIVER, locked

HEARTBEAT_SECONDS = 60
GRACE_SECONDS = 180
"""Without a heartbeat for so long, a trial's worker is held to be dead."""

WRITE_SECONDS = 60
"""How long a write waits for another worker's."""

MLFLOW_TABLE = "experiments"

logger = logging.getLogger(__name__)


class StudyStorage(RDBStorage):
    """Optuna's storage, whose heart goes on where one beat was lost."""

    def record_heartbeat(self, trial_id: int) -> None:
        """Says that the trial's worker lives; the thread that beats would end with an error."""
        try:
            super().record_heartbeat(trial_id)
        except StorageInternalError as error:
            logger.warning("no heartbeat, %s", _first_line(error))


def open_storage(url: str) -> StudyStorage:
    """Opens the database of studies, and makes it where there is none.

    Args:
        url: `sqlite:///FILE` or `postgresql://HOST/DATABASE`.

    Raises:
        UserError: It is MLflow's database, no such address, or it cannot be opened.
    """
    # Two workers that make the tables at once would get in each other's way.
    with locked(url, "studies", "database of"):
        address = make_url(url)
        shown = address.set(query={}).render_as_string()
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername=DRIVER)
        try:
            _check_own(address, shown)
            return StudyStorage(
                address.render_as_string(hide_password=False),
                engine_kwargs=_engine(address),
                heartbeat_interval=HEARTBEAT_SECONDS,
                grace_period=GRACE_SECONDS,
            )
        except (SQLAlchemyError, StorageInternalError, RuntimeError) as error:
            raise UserError(
                f"storage: expected a database of studies at {shown}: {_first_line(error)}"
            ) from None


@contextmanager
def storage_errors() -> Iterator[None]:
    """Makes one line of a database that does not answer.

    Raises:
        UserError: It did not.
    """
    try:
        yield
    except StorageInternalError as error:
        raise UserError(
            f"storage: {_first_line(error)}: see that it can be reached and written, then the "
            "same command goes on from here"
        ) from error


def _check_own(address: URL, shown: str) -> None:
    """Refuses MLflow's database, and lets readers of an SQLite file read while one writes."""
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        if inspect(connection).has_table(MLFLOW_TABLE):
            raise UserError(
                f"storage: expected a database of its own, got MLflow's, {shown}: both keep the "
                "version of their tables under one name, and would break each other"
            )
        if address.get_backend_name() == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")


def _engine(address: URL) -> dict[str, Any]:
    if address.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": WRITE_SECONDS}}
    # Optuna compares heartbeats by the session's local time: with daylight saving every worker
    # would seem dead once a year. A connection may have died over hours of training.
    return {"connect_args": {"options": "-c timezone=UTC"}, "pool_pre_ping": True}


def _first_line(error: Exception) -> str:
    # Optuna wraps the database's error, which says more.
    cause = error.__cause__ or error
    return str(getattr(cause, "orig", None) or cause).strip().partition("\n")[0]
