import os
import signal
import time
from pathlib import Path

import pytest

from projects import parallel
from projects.errors import UserError
from projects.parallel import FanOut


def square(number: int) -> int:
    return number * number


def where_it_runs(number: int) -> tuple[int, int]:
    return square(number), os.getpid()


def killed_once(job: tuple[int, Path]) -> int:
    """Job 7 kills its worker the first time that it runs; each job leaves a mark."""
    number, folder = job
    time.sleep(0.05)
    if number == 7 and not (folder / "killed").exists():
        (folder / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def always_killed(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def failing(number: int) -> int:
    raise ZeroDivisionError(f"job {number}")


def test_processes_of_their_own_give_what_one_after_the_other_gives():
    """Threads would share one core's worth of Python."""
    results = list(FanOut(workers=2).run(where_it_runs, range(20)))
    assert sorted((job, square_) for job, (square_, _) in results) == [
        (n, square(n)) for n in range(20)
    ]
    assert os.getpid() not in {process for _, (_, process) in results}


def test_no_jobs_are_no_work():
    """A set that is wholly cached must not need the cluster to be up."""
    assert list(FanOut(workers=2).run(square, [])) == []
    assert list(FanOut(backend="dask", scheduler=None).run(square, [])) == []


def test_the_same_job_twice_is_two_results():
    assert list(FanOut(workers=1).run(square, [3, 3])) == [(3, 9), (3, 9)]


@pytest.mark.slow
def test_a_killed_worker_loses_no_result_and_doubles_none(tmp_path):
    jobs = [(number, tmp_path) for number in range(20)]
    results = [result for _, result in FanOut(workers=2).run(killed_once, jobs)]
    assert (tmp_path / "killed").exists()
    assert sorted(results) == list(range(20))


@pytest.mark.slow
def test_workers_that_always_die_end_in_one_line(monkeypatch):
    """Out of memory, again and again: the user must hear of it rather than wait for ever."""
    monkeypatch.setattr(parallel, "ATTEMPTS", 2)
    with pytest.raises(UserError, match="killed 2 times with 2 jobs left"):
        list(FanOut(workers=2).run(always_killed, [1, 2]))


def test_a_fault_in_a_job_is_not_swallowed():
    with pytest.raises(ZeroDivisionError, match="job 1"):
        list(FanOut(workers=2).run(failing, [1]))


@pytest.mark.parametrize("scheduler", [None, "nonsense", "127.0.0.1", "ftp://host:1"])
def test_dask_without_an_address_says_which_form_it_has(scheduler):
    with pytest.raises(UserError, match=r"scheduler: expected tcp://HOST:PORT .*, got"):
        list(FanOut(backend="dask", scheduler=scheduler).run(square, [1]))


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_one_line(monkeypatch):
    monkeypatch.setattr(parallel, "ANSWER_SECONDS", 1)
    with pytest.raises(UserError, match=r"expected a dask scheduler, got: .*127\.0\.0\.1:9") as e:
        list(FanOut(backend="dask", scheduler="tcp://127.0.0.1:9").run(square, [1]))
    assert "\n" not in str(e.value)


@pytest.mark.slow
def test_a_cluster_without_workers_is_one_line(monkeypatch):
    import distributed

    monkeypatch.setattr(parallel, "ANSWER_SECONDS", 2)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None) as cluster,
        pytest.raises(UserError, match="no workers"),
    ):
        list(FanOut(backend="dask", scheduler=cluster.scheduler_address).run(square, [1]))


@pytest.mark.slow
def test_a_cluster_gives_every_result_once_though_a_worker_is_killed(tmp_path):
    import distributed

    jobs = [(number, tmp_path) for number in range(20)]
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        fan_out = FanOut(backend="dask", scheduler=cluster.scheduler_address)
        [(_, (_, process))] = fan_out.run(where_it_runs, [1])
        results = [result for _, result in fan_out.run(killed_once, jobs)]
    assert process != os.getpid()
    assert (tmp_path / "killed").exists()
    assert sorted(results) == list(range(20))
