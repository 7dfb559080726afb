"""Fan-out: coarse, repeatable jobs over the cores of this machine or of a cluster."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from typing import Literal, TypeVar

import joblib
from pydantic import BaseModel, ConfigDict

from projects.errors import UserError

Job = TypeVar("Job")
Result = TypeVar("Result")

ATTEMPTS = 3


class FanOut(BaseModel):
    """Where jobs run.

    Attributes:
        backend: "loky" for processes on this machine, "dask" for a cluster.
        scheduler: Address of the dask scheduler, as in "tcp://host:8786"; dask only.
        workers: Processes on this machine; None for one a core. loky only.
    """

    model_config = ConfigDict(frozen=True)

    backend: Literal["loky", "dask"] = "loky"
    scheduler: str | None = None
    workers: int | None = None

    @property
    def width(self) -> int:
        """How many jobs are worth having under way at once."""
        return self.workers or os.cpu_count() or 1

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[Job, Result]]:
        """Yields each job with its result, in the order in which they end.

        When a worker is killed, the jobs without a result are run again, up to three times in
        all; so a job must be idempotent.

        Args:
            function: Importable by name; takes one job.
            jobs: Each worth some seconds of work.

        Raises:
            UserError: The cluster is not reached, or workers died in every attempt.
        """
        left = dict(enumerate(jobs))
        for _ in range(ATTEMPTS):
            try:
                for index, result in self._once(function, left):
                    yield left.pop(index), result
                return
            except BrokenProcessPool:
                continue
        raise UserError(
            f"workers were killed {ATTEMPTS} times with {len(left)} jobs left: "
            "run again with fewer workers, or more memory"
        )

    def _once(
        self, function: Callable[[Job], Result], jobs: dict[int, Job]
    ) -> Iterator[tuple[int, Result]]:
        with self._configured():
            parallel = joblib.Parallel(return_as="generator_unordered")
            calls = [joblib.delayed(_numbered)(function, n, job) for n, job in jobs.items()]
            yield from parallel(calls)

    def _configured(self) -> AbstractContextManager[object]:
        if self.backend == "loky":
            return joblib.parallel_config(backend="loky", n_jobs=self.width)
        if not self.scheduler:
            raise UserError("backend dask: expected scheduler=tcp://HOST:PORT, got none")
        try:
            return joblib.parallel_config(backend="dask", scheduler_host=self.scheduler)
        except (OSError, ValueError) as error:
            raise UserError(f"no dask scheduler answers at {self.scheduler}: {error}") from None


def _numbered(function: Callable[[Job], Result], index: int, job: Job) -> tuple[int, Result]:
    return index, function(job)
