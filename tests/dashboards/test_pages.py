"""All pages together: what holds for each of them."""

import re

import pytest
from flask import Flask
from mlflow.server.handlers import STATIC_PREFIX_ENV_VAR

from dashboards.files import FILES
from dashboards.pages import add_pages, doors

ADDRESSES = [
    "/syrinx/",
    "/syrinx/version?version=wrens/2",
    "/syrinx/version?version=wrens/5",
    "/syrinx/decide/promotion?version=wrens/4",
    "/syrinx/decide/rollback?version=wrens/1",
    "/syrinx/nowhere",
    "/syrinx/version?version=wrens",
    "/syrinx/version?version=wrens/99",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_lets_markup_run(store, browser, address):
    """Whoever gets a name of his past the escaping could otherwise promote his model."""
    answer = browser.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    # What the policy forbids would not work, so no page has it.
    assert not re.search(r"\s(style|on\w+)=", answer.text)
    for script in re.findall(r"<script[^>]*>", answer.text):
        assert "src=" in script or 'type="application/json"' in script


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_whole_for_a_screen_reader(store, browser, address):
    text = browser.get(address).text
    assert text.count("<h1") == 1
    assert 'lang="en"' in text
    assert 'href="#main"' in text
    assert re.search(r"<title>\s*\S", text)


def test_what_is_not_there_is_told_in_a_line(store, browser):
    for address, status in {
        "nowhere": 404,
        "version?version=wrens/99": 404,
        "version?version=nobody/1": 404,
        "version": 400,
        "version?version=wrens": 400,
        "version?version=wrens/latest": 400,
        "decide/promotion?version=wrens/2": 400,
        "decide/promotion?version=wrens/5": 400,
        "decide/rollback?version=wrens/3": 400,
        "decision": 400,
        "decision?run=00000000000000000000000000000000": 404,
    }.items():
        answer = browser.get(f"/syrinx/{address}")
        assert (address, answer.status_code) == (address, status)
        assert 'role="alert"' in answer.text
        assert "Traceback" not in answer.text


def test_a_fault_of_ours_is_not_shown_but_logged(store, browser, monkeypatch, caplog):
    monkeypatch.setattr("dashboards.leaderboard_page.known_versions", lambda: 1 / 0)
    answer = browser.get("/syrinx/")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_every_page_has_a_door_for_accounts(browser):
    """MLflow shuts a path without a rule to all but administrators."""
    rules = [rule for rule in browser.application.url_map.iter_rules() if "syrinx" in rule.rule]
    served = {
        (rule.rule, method)
        for rule in rules
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not rule.arguments
    }
    assert served == set(doors()) - {("/syrinx", "GET")}


def test_pages_are_where_the_servers_prefix_says(store, monkeypatch):
    monkeypatch.setenv(STATIC_PREFIX_ENV_VAR, "/birds/")
    app = Flask("MLflow's app")
    add_pages(app)
    answer = app.test_client().get("/birds/syrinx/")
    assert answer.status_code == 200
    addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.text)
    assert addresses
    assert all(address.startswith("/birds/") for address in addresses)
    assert ("/birds/syrinx/", "GET") in doors()


def test_files_come_from_here_and_are_kept(browser):
    """4.8 MB of charts would otherwise be sent with every page."""
    for name in FILES:
        answer = browser.get(f"/syrinx/static/{name}")
        assert answer.data == FILES[name].read_bytes()
        etag = answer.headers["ETag"]
        kept = browser.get(f"/syrinx/static/{name}", headers={"If-None-Match": etag})
        assert kept.status_code == 304
        known = browser.get(f"/syrinx/static/{name}?v={answer.get_etag()[0]}")
        assert known.cache_control.max_age > 30 * 24 * 3600
    assert not browser.get("/syrinx/static/style.css").cache_control.max_age


@pytest.mark.parametrize("path", ["../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "/etc/passwd"])
def test_no_other_file_is_served(browser, path):
    answer = browser.get(f"/syrinx/static/{path}")
    assert answer.status_code in (308, 404)
    assert b"blueprint" not in answer.data


def test_pages_use_nothing_from_another_machine(store, browser):
    for address in ADDRESSES:
        text = browser.get(address).text
        assert not re.search(r'(?:href|src|action)="(?:https?:)?//', text)
