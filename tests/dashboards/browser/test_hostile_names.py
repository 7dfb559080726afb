"""Names that are markup, in a real browser: it alone says what it takes for a script."""

import pytest
from browsing import NARROW, WIDE, at, first_link, grave_faults, needs_chromium, play, too_wide
from playwright.sync_api import Page, expect

pytestmark = needs_chromium

MADE_OF_NAMES = "img[src=x], a[href^=javascript], main script:not([type='application/json'])"
"""What a page has only where a name became part of it."""


@pytest.fixture
def pages(hostile_address, hostile, page) -> dict[str, str]:
    """Name to address."""
    one, two, three = (f"{hostile.model}/{number}" for number in (1, 2, 3))
    shown = at(hostile_address, "version", version=one)
    return {
        "leaderboard": at(hostile_address, ""),
        "version": shown,
        "compare": at(hostile_address, "compare", version=[one, two]),
        "study": at(hostile_address, "study", run=hostile.study),
        "studies": at(hostile_address, "studies"),
        "codec": at(hostile_address, "codec", run=hostile.codec),
        "promotion": at(hostile_address, "decide/promotion", version=three),
        "rollback": at(hostile_address, "decide/rollback", version=one),
        "decision": first_link(page, shown, "/syrinx/decision?"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "leaderboard",
        "version",
        "compare",
        "study",
        "studies",
        "codec",
        "promotion",
        "rollback",
        "decision",
    ],
)
def test_names_are_text_on_every_page(name: str, page: Page, pages: dict[str, str], hostile):
    """The fixture fails the test where a name is run as a script, or fetched from elsewhere."""
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        page.goto(pages[name], wait_until="networkidle")
        for details in page.locator("details").all():
            details.evaluate("details => details.open = true")
        for chart in page.locator(".chart").all():
            chart.hover()
        assert page.locator(MADE_OF_NAMES).count() == 0
        assert hostile.markup in page.locator("main").inner_text()
        assert too_wide(page) == 0
        assert grave_faults(page) == []


def test_a_sound_is_heard_whatever_its_file_is_called(page: Page, pages: dict[str, str]):
    page.goto(pages["version"])
    play(page)


def test_a_label_is_no_colour(page: Page, pages: dict[str, str]):
    page.goto(pages["version"])
    expect(
        page.locator("[data-chart=confusion] .ytick text", has_text="--series-1")
    ).to_be_visible()
