"""Fan-out: coarse, repeatable jobs over the cores of this machine or of a cluster."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Literal, TypeVar

import joblib
from pydantic import BaseModel, ConfigDict

from projects.errors import UserError

if TYPE_CHECKING:
    import distributed

Job = TypeVar("Job")
Result = TypeVar("Result")

ATTEMPTS = 3
ANSWER_SECONDS = 10


class FanOut(BaseModel):
    """Where jobs run.

    Attributes:
        backend: "loky" for processes on this machine, "dask" for a cluster.
        scheduler: Address of the dask scheduler, as in "tcp://host:8786"; dask only.
        workers: Processes on this machine; None for one a core. With dask, only how many jobs are
            worth having under way.
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
            if not left:
                return
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
        if self.backend == "dask":
            return _on_cluster(self.scheduler or "", function, jobs)
        parallel = joblib.Parallel(self.width, backend="loky", return_as="generator_unordered")
        return parallel(
            joblib.delayed(_numbered)(function, n, job) for n, job in list(jobs.items())
        )


def _on_cluster(
    scheduler: str, function: Callable[[Job], Result], jobs: dict[int, Job]
) -> Iterator[tuple[int, Result]]:
    if not re.fullmatch(r"(tcp|tls|ws|wss)://.+:\d+", scheduler):
        raise UserError(f"scheduler: expected tcp://HOST:PORT with backend=dask, got {scheduler!r}")
    # Not through joblib, which does the work here when the cluster has but one core to offer.
    import distributed  # Takes a second or more, and is not needed without a cluster.

    with _connected(scheduler) as client:
        futures = [
            client.submit(_numbered, function, n, job, pure=False) for n, job in jobs.items()
        ]
        try:
            for future in distributed.as_completed(futures, loop=client.loop):
                yield future.result()
        except distributed.KilledWorker:
            raise UserError(
                "a job killed every worker that took it: run again with more memory a worker"
            ) from None
        except distributed.CancelledError:
            raise UserError(f"lost the dask scheduler at {scheduler}: run again") from None


def _connected(scheduler: str) -> "distributed.Client":
    import distributed

    try:
        client = distributed.Client(scheduler, timeout=ANSWER_SECONDS, set_as_default=False)
    except OSError as error:
        raise UserError(f"scheduler: expected a dask scheduler, got: {error}") from None
    try:
        client.wait_for_workers(1, timeout=ANSWER_SECONDS)
    except TimeoutError:
        client.close()
        raise UserError(f"the dask scheduler at {scheduler} has no workers: start some") from None
    return client


def _numbered(function: Callable[[Job], Result], index: int, job: Job) -> tuple[int, Result]:
    return index, function(job)
