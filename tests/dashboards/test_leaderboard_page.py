"""The leaderboard as a person reads it."""

import re
from dataclasses import replace
from html import unescape

import pytest
from candidates import DATASET, findings, make_candidate, new_version

from registry.dossier import TAG
from registry.promotion import Asked, promote
from registry.rollback import roll_back

HOSTILE = '<img src=x onerror=alert(1)> "it\'s" ../../etc/passwd'.replace("/", "\\")


def versions(text: str) -> list[str]:
    """The versions of the table, from top to bottom."""
    return re.findall(r'name="version" value="([^"]*)"', text)


def test_an_empty_store_says_what_to_do(own_store, browser):
    text = browser.get("/syrinx/").text
    assert "mlflow run . -e train_ast" in text
    assert "<table" not in text


def test_each_test_set_has_a_table_of_its_own(store, browser):
    assert versions(browser.get(f"/syrinx/?dataset={DATASET}").text) == [
        "wrens/4",
        "wrens/3",
        "wrens/2",
        "wrens/1",
    ]
    assert versions(browser.get(f"/syrinx/?dataset={'e' * 36}").text) == ["owls/1"]


def test_a_click_on_a_column_sorts(store, browser):
    text = browser.get(f"/syrinx/?dataset={DATASET}").text
    link = re.search(r'href="([^"]*sort=accuracy[^"]*)"', text)
    best_first = unescape(link[1])
    text = browser.get(best_first).text
    assert versions(text) == ["wrens/2", "wrens/1", "wrens/4", "wrens/3"]
    assert 'aria-sort="descending"' in text
    link = re.search(r'href="([^"]*sort=accuracy[^"]*)"', text)
    assert versions(browser.get(unescape(link[1])).text)[0] == "wrens/3"


def test_the_form_asks_for_no_column_that_another_test_set_has_not(store, browser):
    text = browser.get(f"/syrinx/?dataset={DATASET}&sort=accuracy").text
    form = text[text.index('<form class="bar"') : text.index("</form>")]
    assert set(re.findall(r'name="(\w+)"', form)) == {"dataset", "name", "alias", "metrics"}


def test_alias_verdict_and_interval_are_told(store, browser):
    text = browser.get(f"/syrinx/?dataset={DATASET}&alias=champion").text
    assert versions(text) == ["wrens/2"]
    assert "@<bdi>champion</bdi>" in text
    assert re.search(r'class="verdict pass">PASS', text)
    assert re.search(r'aria-label="0\.\d{3} to 0\.\d{3}"', text)
    assert "10 ms" in text


def test_who_was_not_evaluated_is_listed_with_the_command(store, browser):
    text = browser.get("/syrinx/").text
    assert "mlflow run . -e promote -P model=wrens -P version=5" in text


def test_two_versions_are_chosen_to_be_compared(store, browser):
    text = browser.get(f"/syrinx/?dataset={DATASET}").text
    assert 'action="/syrinx/compare"' in text
    assert text.count('type="checkbox"') == 4


def test_hostile_names_are_text(own_store, browser):
    name = HOSTILE + "x" * 150
    version = make_candidate(own_store, name)
    own_store.set_registered_model_alias(name, "b-alias", version.version)
    text = browser.get("/syrinx/").text
    assert "<img" not in text
    assert "&lt;img src=x" in text
    address = re.search(r'href="([^"]*/version\?[^"]*)"', text)
    page = browser.get(unescape(address[1]))
    assert page.status_code == 200
    assert "<img src=x" not in page.text


def test_a_tag_of_ten_thousand_characters_is_cut(own_store, browser):
    version = new_version(own_store, "wrens")
    own_store.set_model_version_tag("wrens", version.version, TAG, "<b>" + "y" * 4000)
    text = browser.get("/syrinx/").text
    assert "<b>y" not in text
    assert "y" * 500 not in text
    assert "expected RUN/DIGEST" in text


def test_a_copied_decision_is_not_believed(own_store, browser):
    """`copy_model_version` copies tags: a copy would pass a gate that nobody asked."""
    make_candidate(own_store, "wrens")
    passed = promote(Asked("wrens", "1", "ada")).run_id
    make_candidate(own_store, "wrens", 0.1)
    own_store.set_model_version_tag("wrens", "2", "decision.run", passed)
    rows = browser.get("/syrinx/").text.split("<tr>")
    said = {number: "not decided" in row for row in rows for number in versions(row)}
    assert said == {"wrens/1": False, "wrens/2": True}


def test_a_version_with_anothers_evidence_has_no_numbers(own_store, browser):
    made = make_candidate(own_store, "wrens")
    new_version(own_store, "owls")
    own_store.set_model_version_tag("owls", "1", TAG, made.tags[TAG])
    text = browser.get("/syrinx/").text
    assert versions(text) == ["wrens/1"]
    assert "its evidence is about wrens version 1" in text


def test_a_version_need_not_have_the_metrics_of_another(own_store, browser):
    """A training measures more than an evaluation of it later does."""
    make_candidate(own_store, "wrens")
    found = findings(0.7)
    fewer = {name: each for name, each in found.metrics.items() if name != "macro_f1"}
    make_candidate(own_store, "wrens", found=replace(found, metrics=fewer))
    for asked in ("", "?metrics=all"):
        assert browser.get(f"/syrinx/{asked}").status_code == 200
    # What has none of it is last, whichever the order.
    for order in ("up", "down"):
        shown = browser.get(f"/syrinx/?sort=macro_f1&order={order}").text
        assert versions(shown) == ["wrens/1", "wrens/2"]


def test_a_rollback_is_no_gates_answer(own_store, browser):
    """Its tag may be anybody's; sorting by the gate's answer went wrong by it."""
    for accuracy in (0.8, 0.9):
        version = make_candidate(own_store, "wrens", accuracy)
        promote(Asked("wrens", str(version.version), "ada"))
    back = roll_back("wrens", "1", "calls missed", "ada").run_id
    own_store.set_model_version_tag("wrens", "1", "decision.run", back)
    assert browser.get("/syrinx/?sort=verdict").status_code == 200


def test_who_looks_for_a_name_that_is_not_there_is_told_so(own_store, browser):
    new_version(own_store, "wrens")
    assert "No version fits" in browser.get("/syrinx/?name=owls").text


@pytest.mark.parametrize("number", ["9" * 30, "1e3", "-1", ""])
def test_what_is_no_version_is_told(own_store, browser, number):
    make_candidate(own_store, "wrens")
    assert browser.get(f"/syrinx/version?version=wrens/{number}").status_code == 400
