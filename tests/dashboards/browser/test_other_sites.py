"""What another site may do with the browser of somebody who may promote."""

from collections.abc import Iterator
from html import escape

import pytest
from browsing import at, needs_chromium
from mlflow import MlflowClient
from playwright.sync_api import Browser, Page, expect

pytestmark = needs_chromium

ELSEWHERE = "http://elsewhere.example/"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """One that may ask elsewhere, and be refused."""
    opened = chromium.new_page()
    yield opened
    opened.close()


def show_elsewhere(page: Page, content: str) -> None:
    """Opens another site's page."""
    page.route(ELSEWHERE, lambda route: route.fulfill(body=content, content_type="text/html"))
    page.goto(ELSEWHERE, wait_until="domcontentloaded")


def test_another_sites_form_promotes_nothing(page: Page, hostile_address: str, hostile):
    """Not even in a browser that has the form open, with what that form holds."""
    asked = at(hostile_address, "decide/promotion", version=f"{hostile.model}/3")
    page.goto(asked)
    expect(page.get_by_role("button", name="version 3")).to_be_visible()
    token = page.locator("input[name=token]").input_value()
    show_elsewhere(
        page,
        f"<form method=post action='{escape(asked, quote=True)}'>"
        f"<input name=token value={token}><input name=reason value=mine><button>Win</button>",
    )
    with page.expect_response(lambda answer: "/syrinx/" in answer.url) as answered:
        page.get_by_role("button", name="Win").click()
    assert answered.value.status == 403
    store = MlflowClient(hostile_address)
    assert store.get_model_version_by_alias(hostile.model, "champion").version == "2"


def test_our_pages_stand_in_no_other_sites_frame(page: Page, hostile_address: str, hostile):
    """A button beneath a picture of another button is clicked by whoever sees that one."""
    asked = at(hostile_address, "decide/promotion", version=f"{hostile.model}/3")
    show_elsewhere(page, f"<iframe src='{escape(asked, quote=True)}'></iframe>")
    page.wait_for_load_state("networkidle")
    (framed,) = page.main_frame.child_frames
    assert framed.locator("button").count() == 0
