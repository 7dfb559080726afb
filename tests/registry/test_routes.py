"""The server's own doors: asked for by our client, and by anybody else."""

import pytest
import requests
from candidates import GATE, make_candidate

from evaluation.gates.reader import parse_gate
from projects.errors import UserError
from registry import chain
from registry.aliases import champion_found
from registry.ask import ask_to_promote, ask_to_roll_back
from registry.promotion import Asked
from registry.versions import CHAMPION, PREVIOUS

pytestmark = pytest.mark.slow

LAX = parse_gate(
    'name: lax\nrules: [{metric: accuracy, pass: ">= 0"}]\n'
    "champion: {metric: macro_f1, margin: 1.0}\n",
    "a lax gate",
)
WHOLE = {
    "model": "m",
    "version": "1",
    "gate": "",
    "accept": "",
    "evidence": "",
    "dry_run": False,
}


def test_a_dry_run_says_what_will_be_decided_and_changes_nothing(client):
    make_candidate(client, "asked")
    asked = Asked("asked", "1", "whoever", gate=GATE)
    tried = ask_to_promote(asked, dry_run=True)
    assert tried.promoted
    assert (tried.run_id, champion_found("asked"), chain.head("asked")) == (None, "", None)
    decision = ask_to_promote(asked)
    assert decision.promoted
    assert champion_found("asked") == "1"
    assert chain.head("asked").entry == decision.entry
    assert decision.entry.decided_by == "unknown (no authentication)"


def test_a_rollback_goes_through_the_server_too(client):
    for accuracy in (0.8, 0.9):
        version = make_candidate(client, "rolled back", accuracy)
        client.set_registered_model_alias("rolled back", CHAMPION, version.version)
    ask_to_roll_back("rolled back", None, "it calls all wrens robins")
    aliases = client.get_registered_model("rolled back").aliases
    assert aliases == {CHAMPION: "1", PREVIOUS: "2"}
    assert chain.head("rolled back").entry.reason == "it calls all wrens robins"


def test_a_laxer_gate_than_the_champions_is_no_way_round_it(client, reigning):
    version = make_candidate(client, reigning, accuracy=0.7, gate=LAX)
    decision = ask_to_promote(Asked(reigning, version.version, "me", gate=LAX))
    assert (decision.promoted, decision.entry.outcome) == (False, "INVESTIGATE")
    assert "gate is the champion's" in decision.entry.table
    assert champion_found(reigning) == "2"


def test_what_cannot_be_decided_is_told_in_the_servers_words(client):
    with pytest.raises(UserError, match=r"^expected a version of nothing, got '7': none is there$"):
        ask_to_promote(Asked("nothing", "7", "me"))


NOT_ASKING = {
    "a form": {"data": WHOLE},
    "half": {"data": '{"model": "m"', "headers": {"Content-Type": "application/json"}},
    "a list": {"json": ["m", "1"]},
    "without a model": {"json": {name: WHOLE[name] for name in WHOLE if name != "model"}},
    "a number": {"json": {**WHOLE, "version": 1}},
    "more": {"json": {**WHOLE, "force": True}},
    "no gate": {"json": {**WHOLE, "gate": "rules: []"}},
}


@pytest.mark.parametrize("sent", NOT_ASKING.values(), ids=NOT_ASKING)
def test_what_is_no_request_is_told_so_in_a_line(address, sent):
    """A form that another site sends from a person's browser is one of them."""
    answer = requests.post(f"{address}/syrinx/promote", **sent)
    assert answer.status_code == 400
    assert ", got " in answer.json()["message"]
    assert "\n" not in answer.json()["message"]


def test_a_rollback_needs_a_reason(client, address, reigning):
    sent = {"model": reigning, "version": "", "reason": ""}
    assert requests.post(f"{address}/syrinx/rollback", json=sent).status_code == 400
    assert champion_found(reigning) == "2"
