"""A page as a file: nothing that needs a server, nothing else changed."""

import json

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from dashboards.copied_html import copied_html

GOES = {"/here": "there.html", "/x.css": "static/x.css", "/s.flac": "sounds/s.flac"}


def copied(page: str) -> str:
    return copied_html(page, GOES.get)


def test_links_go_to_files_and_others_become_text():
    assert copied('<a href="/here">a</a> <a href="/gone"><b>b</b></a>') == (
        '<a href="there.html">a</a> <b>b</b>'
    )


def test_a_button_to_nowhere_is_left_out():
    """Whoever is sent the files cannot promote by them."""
    assert copied('<p><a class="button main" href="/promote">Promote</a>.</p>') == "<p>.</p>"


def test_of_a_form_only_what_is_shown_stays():
    form = (
        '<form method="post"><input type="hidden" name="token" value="1"><label>Why <input></label>'
        "<table><tr><td>0.9</td></tr></table><button>Go <b>on</b></button></form><input>"
    )
    assert copied(form) == "<table><tr><td>0.9</td></tr></table><input>"


def test_players_keep_their_attributes_or_are_left_out():
    player = '<audio controls preload="none" src="{}"></audio>'
    assert copied(player.format("/s.flac")) == player.format("sounds/s.flac")
    assert copied(player.format("/lost.flac")) == ""
    assert copied('<img src="/lost.png" alt="x">y') == "y"


def test_scripts_run_from_files_only():
    """A name that got past the escaping would otherwise run on the reader's machine."""
    page = copied('<!doctype html><html><head><meta charset="utf-8"></head></html>')
    assert page.startswith("<!doctype html><html><head><meta http-equiv=")
    assert "script-src &#x27;self&#x27; file:;" in page
    assert "unsafe" not in page


def test_a_drawing_is_as_it_was():
    drawing = '<svg viewBox="0 0 1 1"><rect x="1"/><path d="M1 1"/></svg>'
    assert copied(drawing) == drawing


@given(st.text())
def test_any_name_stays_the_text_that_it_was(name):
    page = f'<p title="{escape(name)}">{escape(name)} &amp; &copy; a & b</p>'
    assert copied(page) == page


@given(st.text())
def test_numbers_of_charts_stay_as_they_were(name):
    data = json.dumps({"a": name}).replace("<", "\\u003c").replace(">", "\\u003e")
    page = f'<script type="application/json" id="x">{data}</script>'
    assert copied(page) == page
