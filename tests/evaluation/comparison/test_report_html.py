"""The report as a page that can be mailed: nothing is fetched, nothing hostile runs."""

from base64 import b64decode
from html.parser import HTMLParser

import pytest

from evaluation.comparison.page import Heading, Page, Paragraph, Picture, Sentences, Table
from evaluation.comparison.report_html import html_page

PNG = b"\x89PNG and so on"


class Reader(HTMLParser):
    """Gathers the tags, addresses and text of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.tags, self.addresses, self.words = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in {"src", "href"}]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "a & b </td>"],
)
def test_a_hostile_name_is_text_wherever_it_stands(name):
    blocks = [
        Heading(name),
        Paragraph(name),
        Sentences([name]),
        Table([name], [[name]]),
        Picture("a.png", name, PNG),
    ]
    page = html_page(Page(name, blocks))
    read = Reader(page)
    assert read.words.count(name) == 8  # title, h1, h2, p, li, th, td, caption
    assert "script" not in read.tags
    assert read.tags.count("img") == 1


def test_nothing_is_fetched():
    page = html_page(Page("t", [Picture("a.png", "a figure", PNG)]))
    (address,) = Reader(page).addresses
    assert b64decode(address.removeprefix("data:image/png;base64,")) == PNG
    assert "http" not in page and "@import" not in page and "url(" not in page


def test_a_page_has_its_parts_in_order_and_tables_scroll():
    blocks = [Heading("first", 3), Table(["a", "b"], [["1", "2"]]), Paragraph("last")]
    page = html_page(Page("t", blocks))
    read = Reader(page)
    said = [word.strip() for word in read.words if word.strip()]
    assert said[-6:] == ["first", "a", "b", "1", "2", "last"]
    assert {"h1", "h3", "table", "p"} <= set(read.tags)
    assert "overflow-x: auto" in page and "prefers-color-scheme: dark" in page
