"""A live server answers by `@champion`, says so, and another version takes over in it."""

import json
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import mlflow
import psutil
import pytest
from conftest import command, environment, run_module
from live_server import free_port
from local_store import local_store

from registry.serving.version import start_version

pytestmark = pytest.mark.long

NAME = "grues & éperviers"
HEADER = "grues%20%26%20%C3%A9perviers"

CODE = """
import time
from pathlib import Path

import mlflow
from mlflow.pyfunc import PythonModel


class Constant(PythonModel):
    def load_context(self, context):
        from projects.constant import constant

        self.constant = constant()

    def predict(self, context, model_input, params=None):
        for folder in map(Path, model_input["wait"]):
            (folder / "begun").touch()
            while folder.name and not (folder / "go on").exists():
                time.sleep(0.01)
        return [self.constant] * len(model_input)


mlflow.models.set_model(Constant())
"""
"""As ours, it brings a package `projects`, which is not the one of this working tree."""

BODIES = {"1": "return 'one'", "2": "return 'two'", "3": "raise OSError('the weights are gone')"}
ANSWERS = {"1": (f"{HEADER}/1", "one"), "2": (f"{HEADER}/2", "two")}
OTHER = {"1": "2", "2": "1"}


@dataclass(frozen=True)
class Store:
    folder: Path
    client: mlflow.MlflowClient

    def promote(self, version: str) -> None:
        self.client.set_registered_model_alias(NAME, "champion", version)


@pytest.fixture(scope="module")
def store(tmp_path_factory, empty_database) -> Iterator[Store]:
    """A registered model of three versions, of which the third cannot be loaded."""
    folder = tmp_path_factory.mktemp("store")
    with local_store(empty_database, folder) as client:
        where = mlflow.create_experiment("constants", artifact_location=(folder / "runs").as_uri())
        for version, body in BODIES.items():
            _log(folder / version, body, where)
        yield Store(folder, client)


def _log(folder: Path, body: str, experiment: str) -> None:
    (folder / "projects").mkdir(parents=True)
    (folder / "projects/__init__.py").touch()
    (folder / "projects/constant.py").write_text(f"def constant():\n    {body}\n")
    (folder / "model.py").write_text(CODE)
    with mlflow.start_run(experiment_id=experiment):
        mlflow.pyfunc.log_model(
            name="constant",
            python_model=str(folder / "model.py"),
            code_paths=[str(folder / "projects")],
            pip_requirements=[],
            registered_model_name=NAME,
        )


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen
    url: str
    log: Path

    def ask(self, path: str, body: object = None, **headers: str) -> tuple[int, str, str]:
        """Status, the version in the header, and the body of an answer."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, {"Content-Type": "application/json", **headers})
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers["X-Syrinx-Model"], answer.read().decode()
        except OSError as error:
            if not hasattr(error, "headers"):
                raise
            return error.code, error.headers["X-Syrinx-Model"], error.read().decode()

    def predict(self, wait: Path | str = "") -> tuple[str, str]:
        """The version in the header, and what it answered."""
        body = {"dataframe_split": {"columns": ["wait"], "data": [[str(wait)]]}}
        status, version, answer = self.ask("/invocations", body)
        assert status == 200, answer
        (constant,) = json.loads(answer)["predictions"]
        return version, constant

    def versions(self) -> list[psutil.Process]:
        """The processes of the versions that are loaded."""
        return psutil.Process(self.process.pid).children()

    def version(self) -> str:
        return json.loads(self.ask("/model")[2])["version"]

    def wait_for(self, version: str) -> None:
        while self.version() != version:
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)


@contextmanager
def serving(store: Store, **parameters: object) -> Iterator[Server]:
    port = free_port()
    log = store.folder / f"{port}.log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            command("registry.serve", model=NAME, port=port, **parameters),
            cwd=store.folder,
            env={**environment(), "TMPDIR": str(store.folder)},
            stderr=stderr,
        )
    server = Server(process, f"http://127.0.0.1:{port}", log)
    try:
        while "answers on" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def server(store) -> Iterator[Server]:
    """On it version 1 or 2 answers, whatever is champion when a test begins."""
    store.promote("1")
    with serving(store) as started:
        yield started


def test_every_answer_says_which_version_gave_it(server, store):
    """Whatever is asked, and by whichever client, it must be clear who answered."""
    now = server.version()
    header, _ = ANSWERS[now]
    assert server.predict() == ANSWERS[now]
    for path, expected in (("/ping", 200), ("/version", 200), ("/model", 200), ("/nowhere", 404)):
        assert server.ask(path)[:2] == (expected, header)
    assert server.ask("/invocations", "no data")[:2] == (400, header)
    registered = store.client.get_model_version(NAME, now)
    facts = json.loads(server.ask("/model")[2])
    assert facts.pop("loaded").endswith("+00:00")
    assert facts == {
        "model": NAME,
        "version": now,
        "run_id": registered.run_id,
        "model_id": registered.source.removeprefix("models:/"),
    }


def test_a_reload_drops_no_request_and_brings_the_new_version_with_its_own_code(
    server, store, tmp_path
):
    """In one process the second version would have run on the modules of the first."""
    before, after = server.version(), OTHER[server.version()]
    over = threading.Event()

    def one_after_another() -> list[tuple[str, str]]:
        answers = [server.predict()]
        while not over.is_set():
            answers.append(server.predict())
        return answers

    with ThreadPoolExecutor(2) as pool:
        in_flight = pool.submit(server.predict, wait=tmp_path)
        others = pool.submit(one_after_another)
        _wait_for(tmp_path / "begun")
        store.promote(after)
        assert server.ask("/reload", {})[:2] == (200, ANSWERS[after][0])
        assert server.predict() == ANSWERS[after]
        over.set()
        (tmp_path / "go on").touch()
        assert in_flight.result() == ANSWERS[before]
        answers = others.result()
    assert len(server.versions()) == 1, "the old one gives its memory back"
    changed = answers.index(ANSWERS[after])
    assert set(answers[:changed]) == {ANSWERS[before]}
    assert set(answers[changed:]) == {ANSWERS[after]}


def _wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.01)


def test_sighup_reloads(server, store):
    """`systemctl reload` sends it."""
    after = OTHER[server.version()]
    store.promote(after)
    server.process.send_signal(signal.SIGHUP)
    server.wait_for(after)
    assert server.predict() == ANSWERS[after]


def test_a_champion_that_cannot_be_loaded_leaves_the_old_one_answering(server, store):
    """A promotion that goes wrong must not take down what works."""
    now = server.version()
    store.promote("3")
    status, version, answer = server.ask("/reload", {})
    assert (status, version) == (503, ANSWERS[now][0])
    reason = json.loads(answer)["error"]
    assert f"{NAME} version 3 cannot be loaded" in reason
    assert "the weights are gone" in reason
    assert "\n" not in reason
    assert f"reload failed, {version} goes on: {reason}\n" in server.log.read_text()
    assert server.predict() == ANSWERS[now]


def test_without_a_champion_a_reload_changes_nothing(server, store):
    now = server.version()
    store.promote("3")
    store.client.delete_registered_model_alias(NAME, "champion")
    status, version, answer = server.ask("/reload", {})
    assert (status, version) == (503, ANSWERS[now][0])
    assert "@champion" in json.loads(answer)["error"]
    assert server.predict() == ANSWERS[now]


def test_a_stranger_behind_a_proxy_cannot_reload(server):
    """Else anybody on the network could keep the machine busy with loading."""
    assert server.ask("/reload", {}, **{"X-Forwarded-For": "203.0.113.7"})[0] == 403


def test_it_follows_the_alias_when_asked_and_ends_cleanly_on_ctrl_c(store):
    store.promote("1")
    with serving(store, follow=0.5) as server:
        store.promote("2")
        server.wait_for("2")
        for ending in (signal.SIGINT, signal.SIGTERM):  # `mlflow run` sends both.
            server.process.send_signal(ending)
        assert server.process.wait(30) == 0
        assert "Traceback" not in server.log.read_text()


def test_serving_makes_no_run(server, store):
    """One would be RUNNING for as long as it serves, and need the tracking server."""
    experiments = store.client.search_experiments()
    assert {found.name for found in experiments} == {"Default", "constants"}
    runs = store.client.search_runs([found.experiment_id for found in experiments])
    assert len(runs) == len(BODIES)


def test_when_the_version_dies_the_server_ends_with_one_line(store):
    """So that what watches over it, systemd for one, starts it again."""
    store.promote("1")
    with serving(store) as server:
        (child,) = server.versions()
        child.kill()
        assert server.process.wait(30) == 1
        last = server.log.read_text().splitlines()[-1]
        assert last == f"error: the process of {HEADER}/1 has ended: start again"


def test_a_version_ends_with_its_server_however_that_ends(store):
    """A server that was killed must not leave a model behind that holds memory unseen."""
    served = start_version(store.client.get_model_version(NAME, "1"))
    try:
        served.process.stdin.close()  # As the system does when a process is killed.
        assert served.process.wait(30) == 0
    finally:
        served.stop()


def test_no_champion_is_one_line_and_exit_code_2(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path)
    done = run_module("registry.serve", tmp_path, port=free_port())
    assert done.returncode == 2
    assert done.stderr.startswith("error: model: expected a registered model with a version")
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_one_line_and_exit_code_1(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run_module("registry.serve", tmp_path, port=taken.getsockname()[1])
    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert done.stderr.count("\n") == 1
