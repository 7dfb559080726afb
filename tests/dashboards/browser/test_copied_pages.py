"""The copied pages as somebody opens them who was sent them: from a folder, without a network."""

from contextlib import chdir
from pathlib import Path

import pytest
from browsing import NARROW, WIDE, needs_chromium, play, too_wide
from local_store import tracking
from playwright.sync_api import Page

from dashboards.dashboard import DashboardConfig, dashboard

pytestmark = needs_chromium

KINDS = ("index", "version", "compare", "study", "studies", "codec", "decision", "leaderboard")


@pytest.fixture(scope="module")
def out(hostile, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("copies") / "out"
    with chdir(hostile.folder), tracking(f"sqlite:///{hostile.folder / 'mlflow.db'}"):
        dashboard(DashboardConfig(out=folder))
    return folder


def one_of(out: Path, kind: str) -> str:
    """The address of a copied page."""
    found = sorted([*out.glob(f"{kind}.html"), *out.glob(f"{kind}-*.html")])
    return found[0].as_uri()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_opens_without_a_network(kind: str, page: Page, out: Path):
    page.context.set_offline(True)
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        page.goto(one_of(out, kind))
        drawn = page.locator(".chart")
        for chart in drawn.all():
            chart.locator("svg.main-svg").first.wait_for()
        assert drawn.count() > 0 or kind not in ("version", "compare", "study", "codec")
        assert page.locator("h1").count() == 1
        assert page.locator("img[src=x]").count() == 0
        assert too_wide(page) == 0


@pytest.mark.parametrize("kind", ["version", "codec"])
def test_sounds_are_copied_with_their_pages(kind: str, page: Page, out: Path):
    page.context.set_offline(True)
    page.goto(one_of(out, kind))
    play(page)


def test_links_lead_from_page_to_page(page: Page, out: Path):
    page.context.set_offline(True)
    page.goto(one_of(out, "index"))
    page.locator("tbody th a").first.click()
    page.locator("main h1").wait_for()
    page.get_by_role("link", name="Leaderboard").click()
    page.locator("h1", has_text="Leaderboard").wait_for()
