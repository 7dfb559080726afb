"""Promoting and rolling back by a form, and by nobody else's."""

import re

import pytest
from candidates import GATE, make_candidate

from evaluation.gates.reader import parse_gate
from registry import chain
from registry.aliases import champion_found
from registry.promotion import Asked, promote

PROMOTE, ROLL_BACK = "/syrinx/decide/promotion", "/syrinx/decide/rollback"
OWN = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
UNSURE = parse_gate(
    'name: unsure\nrules: [{metric: accuracy, pass: "> 0.5"}]\n'
    "champion: {metric: macro_f1, margin: 0.02}\n",
    "a gate that leaves it to a person",
)


def token(browser, address: str, version: str) -> str:
    """What the page's form would send back; the browser keeps the cookie."""
    text = browser.get(address, query_string={"version": version}).text
    found = re.search(r'name="token" value="(\w+)"', text)
    return found[1] if found else ""


def send(browser, address: str, version: str, headers=OWN, **fields: str):
    """Opens the page and sends its form."""
    form = {"token": token(browser, address, version), "version": version, **fields}
    return browser.post(address, data=form, headers=headers)


@pytest.fixture
def wren(own_store) -> str:
    """A version that would pass."""
    make_candidate(own_store, "wrens")
    return "wrens/1"


def test_looking_changes_nothing(wren, browser):
    text = browser.get(PROMOTE, query_string={"version": wren}).text
    assert "accuracy &gt; 0.5" in text
    assert "becomes @champion" in text
    assert (champion_found("wrens"), chain.head("wrens")) == ("", None)


def test_a_form_promotes_and_shows_the_decision(wren, browser):
    answer = send(browser, PROMOTE, wren)
    assert answer.status_code == 303
    assert champion_found("wrens") == "1"
    decided = chain.head("wrens")
    assert decided.entry.gate == GATE.name  # For which it was evaluated.
    assert decided.entry.decided_by == "unknown (no authentication)"
    page = browser.get(answer.location)
    assert "became @champion by this" in page.text
    assert decided.run.info.run_id in page.text


def test_a_refusal_says_by_which_rule_and_by_how_much(own_store, browser):
    make_candidate(own_store, "wrens", 0.1)
    assert "no reason changes that" in browser.get(f"{PROMOTE}?version=wrens/1").text
    page = browser.get(send(browser, PROMOTE, "wrens/1", reason="please").location)
    assert "expected <bdi>accuracy &gt; 0.5</bdi>, got 0.1, which misses by 0.4" in page.text
    assert champion_found("wrens") == ""
    assert chain.head("wrens").entry.decision == "refused"


@pytest.mark.parametrize(("reason", "champion"), [("", ""), ("  ", ""), ("<b>known</b>", "1")])
def test_what_is_left_to_a_person_needs_a_reason(own_store, browser, reason, champion):
    make_candidate(own_store, "wrens", 0.4, gate=UNSURE)
    assert '<textarea name="reason"' in browser.get(f"{PROMOTE}?version=wrens/1").text
    answer = send(browser, PROMOTE, "wrens/1", reason=reason)
    assert champion_found("wrens") == champion
    page = browser.get(answer.location).text
    assert "<b>known" not in page
    assert bool(champion) == ("&lt;b&gt;known" in page)


def test_a_form_goes_back_and_needs_a_reason(own_store, browser):
    for accuracy in (0.8, 0.9):
        version = make_candidate(own_store, "wrens", accuracy)
        promote(Asked("wrens", str(version.version), "ada"))
    assert "moves to version 1" in browser.get(f"{ROLL_BACK}?version=wrens/1").text
    assert send(browser, ROLL_BACK, "wrens/1").status_code == 400
    assert champion_found("wrens") == "2"
    page = browser.get(send(browser, ROLL_BACK, "wrens/1", reason="deaf to owls").location)
    assert champion_found("wrens") == "1"
    assert "deaf to owls" in page.text
    assert "became @champion again" in page.text


ELSEWHERE = {
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    "another port of this machine": {"Sec-Fetch-Site": "same-site"},
    "typed by hand": {"Sec-Fetch-Site": "none"},
    "another site over http": {"Origin": "http://evil.example"},
    "a name that only begins alike": {"Origin": "http://localhost.evil.example"},
    "another port over http": {"Origin": "http://localhost:8080"},
    "a frame without an origin": {"Origin": "null"},
    "no browser": {},
}


@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("address", [PROMOTE, ROLL_BACK])
def test_no_form_of_another_site_is_taken(store, browser, headers, address):
    """Even one that has somehow come by the token."""
    version = "wrens/4" if address == PROMOTE else "wrens/1"
    before = chain.head("wrens").entry
    assert send(browser, address, version, headers=headers, reason="x").status_code == 403
    assert chain.head("wrens").entry == before


def test_an_old_browser_that_says_only_where_from_is_taken(wren, browser):
    assert send(browser, PROMOTE, wren, headers={"Origin": "http://localhost"}).status_code == 303


@pytest.mark.parametrize("forged", ["", "0" * 64, "é"])
def test_no_form_without_the_pages_token_is_taken(store, browser, forged):
    token(browser, PROMOTE, "wrens/4")
    before = chain.head("wrens").entry
    answer = browser.post(PROMOTE, data={"version": "wrens/4", "token": forged}, headers=OWN)
    assert answer.status_code == 403
    assert chain.head("wrens").entry == before


def test_a_token_is_for_one_browser_page_and_version(store, browser):
    kept = token(browser, PROMOTE, "wrens/4")
    before = chain.head("wrens").entry
    other = browser.application.test_client()
    token(other, PROMOTE, "wrens/4")
    stranger = browser.application.test_client()
    for client, address, version in (
        (other, PROMOTE, "wrens/4"),
        (stranger, PROMOTE, "wrens/4"),
        (browser, ROLL_BACK, "wrens/4"),
        (browser, PROMOTE, "wrens/3"),
    ):
        form = {"version": version, "token": kept, "reason": "x"}
        assert client.post(address, data=form, headers=OWN).status_code == 403
    assert chain.head("wrens").entry == before


def test_a_page_that_is_open_elsewhere_stays_good(wren, browser):
    """Two tabs share a cookie: the second must not spoil the first."""
    first = token(browser, PROMOTE, wren)
    token(browser, PROMOTE, wren)
    form = {"version": wren, "token": first}
    assert browser.post(PROMOTE, data=form, headers=OWN).status_code == 303


def test_the_cookie_is_for_forms_only(store, browser):
    answer = browser.get(f"{PROMOTE}?version=wrens/4")
    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/syrinx"))


def test_a_run_with_the_tags_of_a_decision_is_none(own_store, browser):
    """Anybody may write such a one, outside of the experiment of decisions."""
    made = own_store.create_run(own_store.create_experiment("mine"), tags={"model": "wrens"})
    answer = browser.get(f"/syrinx/decision?run={made.info.run_id}")
    assert answer.status_code == 400


def test_there_is_no_way_back_to_where_one_is(store, browser):
    answer = browser.get(f"{ROLL_BACK}?version=wrens/2")
    assert answer.status_code == 400
    assert "is @champion already" in answer.text


def test_a_decision_about_a_deleted_version_leads_to_no_page_of_it(own_store, browser):
    for accuracy in (0.8, 0.1):
        version = make_candidate(own_store, "wrens", accuracy)
        made = promote(Asked("wrens", str(version.version), "ada"))
    own_store.delete_model_version("wrens", "2")
    text = browser.get(f"/syrinx/decision?run={made.run_id}").text
    assert "The version is deleted" in text
    assert "version=wrens/2" not in text
