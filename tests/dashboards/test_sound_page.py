"""Sounds of a version: those of its own run, and no other file of the server's."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from candidates import make_candidate
from matplotlib.image import imread
from mlflow import MlflowClient

RATE = 16_000
MISTAKE, SECRET = "01-said-robin-is-wren.flac", "password=hunter2"


@pytest.fixture(scope="module")
def mistake(built_store) -> bytes:
    """The one mistake in the run of wrens 1, beside files that are none and a link to elsewhere."""
    store = MlflowClient(f"sqlite:///{built_store / 'mlflow.db'}")
    run = store.get_run(store.get_model_version("wrens", "1").run_id)
    folder = Path(run.info.artifact_uri.removeprefix("file://")) / "test/mistakes"
    folder.mkdir(parents=True)
    tone = np.sin(2 * np.pi * 2000 * np.arange(RATE) / RATE)
    soundfile.write(folder / MISTAKE, 0.5 * tone, RATE)
    (folder / "02-not a sound.flac").write_text(SECRET)
    (folder / "04-notes.txt").write_text("notes")
    (built_store / "secret").write_text(SECRET)
    # Whoever may write into the folder of artifacts need not be one who may read the server's.
    (folder / "03-link.flac").symlink_to(built_store / "secret")
    return (folder / MISTAKE).read_bytes()


def asked(place: object, folder: str = "mistakes", kind: str = "flac") -> str:
    return f"/syrinx/sound.{kind}?version=wrens/1&folder={folder}&place={place}"


def test_a_mistake_is_heard_as_it_was_logged(store, mistake, browser):
    answer = browser.get(asked(0))
    assert answer.mimetype == "audio/flac"
    assert answer.data == mistake
    text = browser.get("/syrinx/version?version=wrens/1").text
    assert "wren, taken for robin" in text
    assert 'preload="none"' in text


def test_a_player_may_ask_for_a_part(store, mistake, browser):
    """Without it no browser lets a person jump within a sound."""
    answer = browser.get(asked(0), headers={"Range": "bytes=4-7"})
    assert answer.status_code == 206
    assert answer.data == mistake[4:8]


def test_its_picture_has_the_tone_at_its_height(store, mistake, browser):
    """2 kHz of 8: a quarter of the way up."""
    answer = browser.get(asked(0, kind="png"))
    brightness = imread(BytesIO(answer.data))[..., :3].sum(axis=(1, 2))
    height = len(brightness) - 1 - int(brightness.argmax())
    assert height == pytest.approx(len(brightness) / 4, abs=2)


@pytest.mark.parametrize(
    "place",
    [3, -1, "1e0", "9" * 5_000, "../../mlflow.db", "/etc/passwd", "mistakes/" + MISTAKE, ""],
)
def test_only_places_in_the_runs_listing_are_served(store, mistake, browser, place):
    assert browser.get(asked(place)).status_code == 404


@pytest.mark.parametrize("folder", ["", "..", "evidence", "../../..", "test/mistakes"])
def test_only_folders_with_sounds_are_served(store, mistake, browser, folder):
    assert browser.get(asked(0, folder)).status_code == 400


@pytest.mark.parametrize("kind", ["flac", "png"])
@pytest.mark.parametrize("place", [1, 2], ids=["text", "link"])
def test_what_only_is_named_as_a_sound_is_not_served(store, mistake, browser, kind, place):
    answer = browser.get(asked(place, kind=kind))
    assert answer.status_code in (400, 404)
    assert SECRET not in answer.text


def test_a_version_without_evidence_has_no_sounds(store, browser):
    answer = browser.get("/syrinx/sound.flac?version=wrens/5&folder=mistakes&place=0")
    assert answer.status_code == 400


def test_nobody_between_keeps_a_sound(store, mistake, browser):
    """A proxy would give it to accounts that may not read the run."""
    for kind in ("flac", "png"):
        said = browser.get(asked(0, kind=kind)).headers["Cache-Control"]
        assert "public" not in said
        assert "no-cache" in said


@pytest.fixture
def own_mistake(own_store) -> Path:
    """The file of a mistake, and the folder of its run is a test's own."""
    run = own_store.get_run(make_candidate(own_store, "wrens").run_id)
    file = Path(run.info.artifact_uri.removeprefix("file://")) / "test/mistakes" / MISTAKE
    file.parent.mkdir(parents=True)
    soundfile.write(file, np.zeros(RATE), RATE)
    return file


def test_a_sound_that_was_evaluated_anew_is_heard(own_mistake, browser):
    assert browser.get(asked(0)).data == own_mistake.read_bytes()
    soundfile.write(own_mistake, np.zeros(2 * RATE), RATE)
    assert browser.get(asked(0)).data == own_mistake.read_bytes()


def test_a_sound_that_is_too_large_is_not_fetched(own_mistake, browser, monkeypatch):
    monkeypatch.setattr("dashboards.sounds.LARGEST", 100)
    answer = browser.get(asked(0))
    assert answer.status_code == 400
    assert "expected a sound of at most" in answer.text
