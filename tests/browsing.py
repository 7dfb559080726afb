"""Looking at pages in Chromium, where there is one."""

import shutil
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium")
needs_chromium = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
]

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 120_000
"""Milliseconds; a machine may have other work."""

STEP = 100
GRAVE = {"serious", "critical"}


def at(address: str, path: str, **query: str | list[str]) -> str:
    """The address of one of our pages."""
    return f"{address}/syrinx/{path}?{urlencode(query, doseq=True)}"


def wait_until(page: Page, condition: str) -> None:
    """Playwright's own wait evaluates text in the page, which our pages forbid."""
    for _ in range(PATIENCE // STEP):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(STEP)
    raise AssertionError(condition)


def first_link(page: Page, start: str, part: str) -> str:
    """The first link of a page whose address has a part."""
    page.goto(start, wait_until="domcontentloaded")
    found = page.locator(f"main a[href*='{part}']").first
    return page.evaluate("link => link.href", found.element_handle())


def play(page: Page, which: str = "main audio") -> None:
    """Plays the first sound of a page until it is heard."""
    page.evaluate(f'document.querySelector("{which}").play()')
    wait_until(page, f'document.querySelector("{which}").currentTime > 0.05')


def grave_faults(page: Page) -> list[str]:
    """What keeps somebody from reading a page, as the accessibility checker says."""
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in Axe().run(page).response["violations"]
        if each["impact"] in GRAVE
    ]


def too_wide(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return max(0, page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
