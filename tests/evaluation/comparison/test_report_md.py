"""The report in MLflow's UI: no name of a run or species can pass for markup."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from evaluation.comparison.page import Heading, Page, Paragraph, Picture, Sentences, Table
from evaluation.comparison.report_md import markdown_page, plain

HOSTILE = [
    "<script>alert(1)</script>",
    "[here](javascript:alert(1))",
    "![x](http://evil/x.png)",
    "# 1",
    "- no list",
    "1. no list",
    "> quote",
    "a | b",
    "back\\slash \\| bar",
    "`code` *em* _em_ **strong** ~~gone~~",
    "two\nlines\n\nthree",
    "&lt;b&gt;",
    "---",
    "<img src=x onerror=alert(1)>",
    "efficientnet_b2",
]
ENGINE = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def shown(tokens) -> set[str]:
    """The types of all tokens, in and out of lines."""
    return {each.type for token in tokens for each in (token, *(token.children or []))}


def text(tokens) -> str:
    return "".join(each.content for token in tokens for each in token.children or [])


def one_line(name: str) -> str:
    return " ".join(name.split())


def test_a_hostile_name_is_shown_as_it_is_in_a_sentence():
    for name in HOSTILE:
        tokens = ENGINE.parse(markdown_page(Page("t", [Sentences([name])])))[3:]
        assert text(tokens) == one_line(name)
        assert {each for each in shown(tokens) if "html" in each or "link" in each} == set()
        assert sum(token.type == "list_item_open" for token in tokens) == 1


def test_a_hostile_name_stays_in_its_cell():
    for name in HOSTILE:
        table = Table(["row", name], [[name, "x"]])
        tokens = ENGINE.parse(markdown_page(Page("t", [table])))[3:]
        cells = [token.children for token in tokens if token.type == "inline"]
        assert len(cells) == 4
        words = ["".join(each.content for each in cell) for cell in cells]
        assert words == ["row", one_line(name), one_line(name), "x"]


@given(st.text(alphabet="ab _*[]()<>#`|\\~&!-+=.1\n$", max_size=30))
def test_whatever_a_name_is_it_is_text(name):
    """Markup that nobody thought of."""
    tokens = ENGINE.parse(markdown_page(Page("t", [Paragraph(f"{name}x")])))[3:]
    assert shown(tokens) <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}
    assert text(tokens) == one_line(f"{name}x")


def test_ordinary_names_read_well_as_plain_text():
    """The report is printed too."""
    for name in ("efficientnet_b2", "AST (mixup_alpha=0.4)", "p = 0.012", "Turdus merula - male"):
        assert plain(name) == name


def test_pictures_are_files_beside_the_report_or_left_out():
    page = Page("t", [Heading("h", 3), Picture("1_a.png", "what it [shows]", b"")])
    assert markdown_page(page) == "# t\n\n### h\n\n![what it \\[shows\\]](1_a.png)\n"
    assert markdown_page(page, pictures=False) == "# t\n\n### h\n"
