"""Chromium, and a store in which whoever may write has written what harms whoever looks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile
from browsing import CHROMIUM, PATIENCE, WIDE
from candidates import findings, make_candidate, predictions
from codec_runs import evaluated
from live_server import running_server
from local_store import local_store
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.utils.mlflow_tags import MLFLOW_GIT_COMMIT, MLFLOW_RUN_NOTE
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from study_runs import study_run, trial

from evaluation.predictions import Predictions
from registry.promotion import Asked, promote

MARKUP = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>alert(2)</script>\"'"
STEPS = "../../../../etc/passwd"
LONG = "z" * 10_000
COLOUR = "--series-1"
"""As figures name one of the style sheet."""

HOSTILE_MODEL = f'{MARKUP} "its" .. ' + "x" * 150


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Fails the test where a page of ours runs what it should not, or cannot run what it should."""
    context = chromium.new_context(viewport=WIDE, color_scheme="light")
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    faults: list[str] = []

    def note_error(said: ConsoleMessage) -> None:
        if said.type == "error" and _ours(said.location["url"]):
            faults.append(said.text)

    def note_request(request: Request) -> None:
        elsewhere = urlsplit(request.url).hostname not in ("127.0.0.1", None)
        if elsewhere and _ours(opened.url):
            faults.append(f"asked {request.url}")

    opened.on("console", note_error)
    opened.on("pageerror", lambda error: _ours(opened.url) and faults.append(str(error)))
    opened.on("dialog", lambda dialog: (faults.append("an alert"), dialog.dismiss()))
    opened.on("request", note_request)
    yield opened
    context.close()
    assert faults == []


def _ours(address: str) -> bool:
    return "/syrinx/" in address or address.startswith("file:")


@dataclass(frozen=True)
class Hostile:
    """Where the store is, and the runs of its study and of its codec's evaluation."""

    folder: Path
    study: str
    codec: str
    model: str = HOSTILE_MODEL
    markup: str = MARKUP


@pytest.fixture(scope="session")
def hostile(tmp_path_factory, empty_database: Path) -> Hostile:
    """Of its model, 1 was champion, 2 is and 3 may be, all measured on labels that do harm."""
    folder = tmp_path_factory.mktemp("hostile")
    with local_store(empty_database, folder) as client:
        for accuracy in (0.8, 0.9, 0.95):
            version = make_candidate(client, HOSTILE_MODEL, found=_found(accuracy))
            if accuracy < 0.95:
                promote(Asked(HOSTILE_MODEL, str(version.version), MARKUP, accept=SCRIPT))
            _mark(client, version)
        return Hostile(folder, _study(client), _codec(client))


@pytest.fixture(scope="module")
def hostile_address(hostile: Hostile, tmp_path_factory) -> Iterator[str]:
    """A live server over that store."""
    serving = tmp_path_factory.mktemp("serving")
    with running_server("syrinx", hostile.folder / "mlflow.db", serving) as found:
        yield found


def _found(accuracy: float):
    answers = predictions(accuracy)
    items = [f'<a href="javascript:alert(3)">{place}</a>{STEPS}' for place in range(60)]
    labels = [SCRIPT, COLOUR, f"\u202e{STEPS}{LONG}"]
    told = Predictions(
        items, [MARKUP] * 20 + [SCRIPT] * 40, answers.truth, answers.probabilities, labels
    )
    return replace(findings(accuracy), items=told.to_table())


def _mark(client: MlflowClient, version: ModelVersion) -> None:
    """Writes where a person may: the run's name, its tags and parameters, and files."""
    run = client.get_run(version.run_id)
    client.update_run(version.run_id, name=MARKUP + LONG[:200])
    client.set_tag(version.run_id, MLFLOW_GIT_COMMIT, SCRIPT)
    client.log_param(version.run_id, "config.data", f"{SCRIPT}{STEPS}{LONG[:3_000]}")
    client.set_model_version_tag(version.name, version.version, "note", MARKUP)
    folder = Path(run.info.artifact_uri.removeprefix("file://")) / "test/mistakes"
    folder.mkdir(parents=True)
    tone = 0.3 * np.sin(np.arange(24_000) * 0.3)
    for name in (f"01-said-{MARKUP}-is-{SCRIPT.replace('/', '..')}", f"02-said-a-is-{LONG[:200]}"):
        soundfile.write(folder / f"{name}.flac", tone, 24_000)


def _study(client: MlflowClient) -> str:
    told = {"study.name": MARKUP, "study.question": SCRIPT, MLFLOW_RUN_NOTE: MARKUP + LONG[:4_000]}
    run = study_run(client, {"accuracy": "maximize", "size": "minimize"}, **told)
    for number in range(6):
        settings = {"layer": f"{MARKUP}{number % 2}", "rate": number / 10}
        reason, values = SCRIPT + LONG[:4_000], {"accuracy": number / 6, "size": (number - 3) ** 2}
        trial(client, run, number, settings, reason=reason, **values)
    return run


def _codec(client: MlflowClient) -> str:
    return evaluated(client, client.create_experiment("codec"), 1.5, MARKUP)
