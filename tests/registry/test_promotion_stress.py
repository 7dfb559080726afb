"""Eight processes promote at once, some are killed: one champion, an unbroken chain."""

import itertools
import multiprocessing
import multiprocessing.connection
import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from multiprocessing.process import BaseProcess
from pathlib import Path

import mlflow
import pytest
from candidates import make_candidate
from conftest import ROOT
from local_store import local_store
from mlflow import MlflowClient

from projects.errors import UserError
from registry import chain
from registry.audit import audited
from registry.promotion import Asked, promote
from registry.rollback import roll_back

pytestmark = pytest.mark.long

MODEL = "wrens"
VERSIONS = [str(version) for version in range(1, 9)]
WORKERS, CALLS = 8, 100
SECONDS_BETWEEN_KILLS = 1.0
"""At most; of the eight, one decides under the lock, and the others wait for it."""

IMPORTED_LATE = (
    "mlflow.store.model_registry.sqlalchemy_store",
    "mlflow.store.tracking.sqlalchemy_store",
    "pyarrow.parquet",
)
"""At the first use of a store, which takes a second and more."""

REIGNING = "already champion"
"""The answer about a version that cannot be promoted, as it is champion."""

WRITES = (
    "create_run",
    "set_registered_model_alias",
    "delete_registered_model_alias",
    "set_model_version_tag",
    "update_model_version",
    "set_terminated",
)
"""All that a decision does to the store goes through these."""


@dataclass(frozen=True)
class Store:
    """Eight versions of one model that pass beside each other; version 1 is champion."""

    uri: str
    start: type[BaseProcess]


@pytest.fixture(scope="module")
def store(tmp_path_factory, empty_database) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("stress")
    # Forked from a process that has imported all and opened nothing, a worker starts at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *IMPORTED_LATE])
    with (
        pytest.MonkeyPatch.context() as patch,
        local_store(empty_database, folder) as client,
    ):
        patch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{ROOT / 'tests'}")
        for _ in VERSIONS:
            make_candidate(client, MODEL)
        promote(Asked(MODEL, "1", "the first"))
        yield Store(f"sqlite:///{folder / 'mlflow.db'}", context.Process)


def test_eight_processes_of_which_some_are_killed(store, tmp_path):
    """Two champions, a decision twice or none at all, after two people promoted at once."""
    before = len(chain.decisions(MODEL))
    killed = run_workers(store, tmp_path)
    asked = {f"call {path.stem}" for path in tmp_path.glob("*.asked")}
    answers = {f"call {path.stem}": path.read_text() for path in tmp_path.glob("*.answer")}
    assert len(asked) >= CALLS
    # A worker may also be killed between two calls, or before its first.
    assert killed >= len(asked) - len(answers) >= 10
    assert_in_order()
    decided = chain.decisions(MODEL)[before:-1]
    runs = {each.entry.decided_by: each.run.info.run_id for each in decided}
    assert len(runs) == len(decided)
    assert set(runs) <= asked
    # Of a call that was killed there may be a decision; of one that answered there is.
    given = {call: run for call, run in answers.items() if run != REIGNING}
    assert given == {call: run for call, run in runs.items() if call in answers}


def run_workers(store: Store, folder: Path) -> int:
    """Keeps eight at work, kills one and another, and returns how many were killed."""
    killed = finished = 0
    workers: list[BaseProcess] = []
    names = itertools.count()
    chance = random.Random(0)
    try:
        while finished < WORKERS:
            while len(workers) + finished < WORKERS:
                workers.append(store.start(target=work, args=(store.uri, folder, next(names))))
                workers[-1].start()
            ended = multiprocessing.connection.wait(
                [worker.sentinel for worker in workers], chance.uniform(0, SECONDS_BETWEEN_KILLS)
            )
            if not ended:
                chance.choice(workers).kill()
            for worker in [worker for worker in workers if not worker.is_alive()]:
                workers.remove(worker)
                assert worker.exitcode in {0, -signal.SIGKILL}
                killed += worker.exitcode != 0
                finished += worker.exitcode == 0
    finally:
        for worker in workers:
            worker.kill()
    return killed


@pytest.mark.parametrize("write", range(9))
def test_a_promotion_killed_before_each_of_its_writes(store, write):
    """Between two writes, the champion would be none, or not what is on record."""
    before, target, third = champion_and_others()
    assert exit_code(store, write, "promote", target) == -signal.SIGKILL
    decided = before if write == 0 else target
    assert chain.head(MODEL).entry.champion_after == decided
    assert champion_and_others()[0] in {before, target}
    assert promote(Asked(MODEL, third, "the next")).entry.champion_before == decided
    assert_in_order()


@pytest.mark.parametrize("write", range(4))
def test_a_rollback_killed_before_each_of_its_writes(store, write):
    """A rollback is done in an emergency, and by people in a hurry."""
    before, _, third = champion_and_others()
    target = chain.head(MODEL).entry.previous_after
    assert exit_code(store, write, "roll back", target) == -signal.SIGKILL
    decided = before if write == 0 else target
    assert champion_and_others()[0] in {before, target}
    assert promote(Asked(MODEL, third, "the next")).entry.champion_before == decided
    assert_in_order()


@pytest.mark.parametrize(("what", "writes"), [("promote", 9), ("roll back", 4)])
def test_there_are_no_writes_but_these(store, what, writes):
    """A step that came later would go untested above."""
    _, target, _ = champion_and_others()
    assert exit_code(store, writes, what, target) == 0
    assert_in_order()


def champion_and_others() -> tuple[str, str, str]:
    """The version under the alias, and two that are neither this nor the one before."""
    aliases = MlflowClient().get_registered_model(MODEL).aliases
    used = {str(version) for version in aliases.values()}
    return str(aliases["champion"]), *sorted(set(VERSIONS) - used)[:2]


def assert_in_order() -> None:
    """One more promotion finds the champion of record, and after it all adds up."""
    last = chain.head(MODEL).entry
    _, target, _ = champion_and_others()
    decision = promote(Asked(MODEL, target, "one more"))
    assert decision.entry.champion_before == last.champion_after
    aliases = MlflowClient().get_registered_model(MODEL).aliases
    found = {alias: str(version) for alias, version in aliases.items()}
    assert found == {"champion": target, "previous": last.champion_after}
    decided = chain.decisions(MODEL)
    assert decided[-1].entry == decision.entry
    assert all(each.done for each in decided)
    assert audited(MODEL) == ([], len(decided))


def exit_code(store: Store, write: int, what: str, version: str) -> int | None:
    """Decides in a process that is killed before a write; the first is 0."""
    process = store.start(target=die_before, args=(store.uri, write, what, version))
    process.start()
    process.join()
    return process.exitcode


def die_before(uri: str, write: int, what: str, version: str) -> None:
    mlflow.set_tracking_uri(uri)
    counted = itertools.count()
    for name in WRITES:
        setattr(MlflowClient, name, _counting(getattr(MlflowClient, name), counted, write))
    if what == "promote":
        promote(Asked(MODEL, version, "killed"))
    else:
        roll_back(MODEL, version, "an emergency", "killed")


def _counting(
    function: Callable[..., object], counted: Iterator[int], fatal: int
) -> Callable[..., object]:
    @wraps(function)
    def call(*arguments: object, **named: object) -> object:
        if next(counted) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)

    return call


def work(uri: str, folder: Path, name: int) -> None:
    """Makes one call after the other until all together have made enough."""
    mlflow.set_tracking_uri(uri)
    chance = random.Random(name)
    for number in itertools.count():
        if len(list(folder.glob("*.asked"))) >= CALLS:
            return
        call = folder / f"{name}-{number}"
        call.with_suffix(".asked").touch()
        try:
            answer = promote(Asked(MODEL, chance.choice(VERSIONS), f"call {call.name}")).run_id
        except UserError as error:
            assert "is @champion already" in str(error)
            answer = REIGNING
        # In one piece: the kill may come while it is written.
        call.with_suffix(".half").write_text(answer)
        call.with_suffix(".half").replace(call.with_suffix(".answer"))
