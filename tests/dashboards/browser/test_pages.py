"""The pages in a real browser, on a live server, over a store that our entry points made."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import (
    NARROW,
    WIDE,
    at,
    first_link,
    grave_faults,
    needs_chromium,
    play,
    too_wide,
    wait_until,
)
from conftest import ROOT, TINY_AUTOENCODER, run_module
from live_server import running_server
from playwright.sync_api import Page, expect

pytestmark = needs_chromium

SCREENSHOTS = ROOT / ".ci" / "screenshots"
"""Kept for a person to look at; not in git."""

DEMO = {"demo_recordings": 160, "demo_species": 4}
MODEL = "species-classifier"


@pytest.fixture(scope="module")
def address(tmp_path_factory, empty_database: Path) -> Iterator[str]:
    """An autoencoder, three classifiers, the third refused, a codec's evaluation and a study."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(empty_database, folder)
    common = {**DEMO, "gate": _gate(folder)}
    (folder / "tiny.yaml").write_text("demo_recordings: 60\ndemo_species: 3\nepochs: 2\n")
    for module, settings in (
        ("projects.codec.train_autoencoder", TINY_AUTOENCODER),
        ("projects.species.train_baseline", {**common, "epochs": 20}),
        ("projects.species.train_baseline", {**common, "epochs": 20, "seed": 1}),
        ("projects.species.train_ast", {**common, "epochs": 1}),
        ("projects.codec.evaluate_codec", {"demo_minutes": 1, "clips_a_recording": 2}),
        ("projects.studies.tune", {"study": "augmentation", "trials": 2, "config": "tiny.yaml"}),
    ):
        done = run_module(module, folder, **settings)
        assert done.returncode == 0, done.stderr
    # The server copies the database to where it works, and artifacts stay where they are.
    serving = tmp_path_factory.mktemp("serving")
    with running_server("syrinx", folder / "mlflow.db", serving) as found:
        yield found


def _gate(folder: Path) -> Path:
    """That a network passes which has learnt something, whichever is champion."""
    gate = folder / "learnt.yaml"
    gate.write_text(
        'name: learnt\nrules:\n  - {metric: accuracy, pass: "> 0.5", stop: "< 0.45"}\n'
        "champion: {metric: macro_f1, margin: 1.0}\n"
    )
    return gate


def version(number: int) -> str:
    return f"{MODEL}/{number}"


PAGES = {
    "leaderboard": ("", {}),
    "version": ("version", {"version": version(2)}),
    "autoencoder": ("version", {"version": "audio-autoencoder/1"}),
    "compare": ("compare", {"version": [version(1), version(2), version(3)]}),
    "codec": ("codec", {}),
    "studies": ("studies", {}),
    "promotion": ("decide/promotion", {"version": version(3)}),
    "rollback": ("decide/rollback", {"version": version(1)}),
}
LINKED = {"study": ("studies", "/syrinx/study?"), "decision": ("version", "/syrinx/decision?")}
"""Pages of one run: from which page, by which link."""


def address_of(name: str, page: Page, address: str) -> str:
    if name in LINKED:
        start, part = LINKED[name]
        path, query = PAGES[start]
        return first_link(page, at(address, path, **query), part)
    path, query = PAGES[name]
    return at(address, path, **query)


@pytest.mark.parametrize("name", [*PAGES, *LINKED])
def test_every_page_can_be_read_by_everyone(name: str, page: Page, address: str):
    """On a telephone, in the dark, by keyboard and by a screen reader."""
    where = address_of(name, page, address)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for viewport, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "light")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        page.goto(where, wait_until="networkidle")
        assert grave_faults(page) == [], f"{name}, {viewport['width']} px, {scheme}"
        assert too_wide(page) == 0, f"{name}, {viewport['width']} px"
        kept = SCREENSHOTS / f"{name}-{viewport['width']}-{scheme}.png"
        page.screenshot(path=kept, full_page=True)
    page.set_viewport_size(WIDE)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_the_keyboard_reaches_the_content_first(page: Page, address: str):
    page.goto(at(address, ""))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_leaderboard_sorts(page: Page, address: str):
    page.goto(at(address, ""))
    page.get_by_role("link", name=re.compile("macro F1", re.I)).first.click()
    sorted_by = page.locator("th[aria-sort]")
    expect(sorted_by).to_have_count(1)
    place = sorted_by.evaluate("cell => cell.cellIndex")
    cells = page.locator("tbody tr").evaluate_all(
        "(rows, place) => rows.map(row => parseFloat(row.cells[place].innerText))", place
    )
    assert len(cells) == 3
    falling = sorted_by.get_attribute("aria-sort") == "descending"
    assert cells == sorted(cells, reverse=falling)


def test_two_versions_are_chosen_and_compared(page: Page, address: str):
    page.goto(at(address, ""))
    for number in (1, 2):
        page.get_by_label(f"Choose {version(number)}").check()
    page.get_by_role("button", name="Compare what is chosen").click()
    expect(page.locator("main")).to_contain_text(f"{MODEL} 1")
    expect(page.locator("main")).to_contain_text(f"{MODEL} 2")


def test_a_mistake_can_be_heard(page: Page, address: str):
    for number in (3, 1, 2):
        page.goto(at(address, "version", version=version(number)))
        if page.locator("audio").count():
            break
    play(page)
    page.locator("main img").first.scroll_into_view_if_needed()  # Before that it is not fetched.
    wait_until(page, "document.querySelector('main img').naturalWidth > 0")


@pytest.mark.parametrize("name", ["codec", "autoencoder"])
def test_what_came_back_is_switched_while_it_plays(name: str, page: Page, address: str):
    """Where the switch lost the place, nobody could hear the difference."""
    page.goto(address_of(name, page, address))
    play(page)
    page.locator("main input[type=radio]").nth(1).check()
    heard = "[...document.querySelectorAll('main audio')].filter(a => !a.muted && !a.paused)"
    wait_until(page, f"{heard}.length === 1")
    assert page.evaluate(f"{heard}[0].currentTime") > 0.04


def test_a_promotion_is_refused_and_another_accepted(page: Page, address: str):
    page.goto(at(address, "decide/promotion", version=version(3)))
    expect(page.locator("main")).to_contain_text("STOP")
    page.get_by_role("button", name="Record the refusal of version 3").click()
    expect(page.get_by_role("status")).to_contain_text("Not promoted")
    page.goto(at(address, "decide/rollback", version=version(1)))
    page.get_by_label(re.compile("Why")).fill("calls of juveniles missed")
    page.get_by_role("button", name="Go back to version 1").click()
    expect(page.get_by_role("status")).to_contain_text("Version 1 became @champion again")
    page.goto(at(address, "decide/promotion", version=version(2)))
    page.get_by_role("button", name=re.compile("version 2")).click()
    expect(page.get_by_role("status")).to_contain_text("Version 2 became @champion by this")
    page.goto(at(address, ""))
    champion = page.locator("tbody tr", has_text="@champion")
    expect(champion).to_contain_text(f"{MODEL} 2")


def test_mlflows_own_page_leads_here_and_back(page: Page, address: str):
    page.goto(f"{address}/")
    page.get_by_role("link", name="Syrinx").click()
    expect(page.get_by_role("heading", name="Leaderboard")).to_be_visible()
    page.get_by_role("link", name="MLflow").click()
    expect(page).not_to_have_url(re.compile("/syrinx"))
