"""The one place that knows how an entry point meets its MLflow run."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import mlflow
import transformers
from mlflow.exceptions import MlflowException

from projects.config import Config
from projects.errors import UserError

C = TypeVar("C", bound=Config)

CONFIG_PREFIX = "config."
"""`mlflow run` logs the parameters as typed under their own names and refuses other values."""


def run_entry_point(config: type[C], body: Callable[[C], object], experiment: str) -> None:
    """Parses the command line, opens the MLflow run and does the work in it.

    Under `mlflow run` that is the run which the project made; otherwise a new one in
    `experiment`. A user's mistake is one line on stderr and exit code 2 or 1.

    Args:
        config: The entry point's configuration.
        body: The work.
        experiment: For runs that no project made.
    """

    def in_its_run(settings: C) -> None:
        with _run(settings, experiment):
            body(settings)

    run_without_tracking(config, in_its_run)


def run_without_tracking(config: type[C], body: Callable[[C], object]) -> None:
    """Parses the command line and does the work, which makes and needs no MLflow run.

    A user's mistake is one line on stderr and exit code 2 or 1.

    Args:
        config: The entry point's configuration.
        body: The work.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    transformers.utils.logging.disable_progress_bar()
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    try:
        body(config.parse(sys.argv[1:]))
    except UserError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(error.exit_code)
    except MlflowException as error:
        print(f"error: MLflow: {str(error).splitlines()[0]}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on from here", file=sys.stderr)
        sys.exit(130)


def active_run_id() -> str:
    """Id of the run that the entry point does its work in."""
    run = mlflow.active_run()
    assert run is not None  # Entry points do all in theirs.
    return run.info.run_id


@contextmanager
def _run(config: Config, experiment: str) -> Iterator[None]:
    # Imports torch, 450 MB that an entry point without a run need not hold.
    from projects.environment import machine, packages

    if "MLFLOW_RUN_ID" not in os.environ:
        mlflow.set_experiment(experiment)
    with mlflow.start_run():
        mlflow.log_params(
            {CONFIG_PREFIX + name: value for name, value in config.model_dump().items()}
        )
        mlflow.log_text(packages(), "environment/packages.txt")
        mlflow.log_text(machine(), "environment/machine.json")
        yield
