"""A live server with accounts: our pages show nobody more than MLflow would."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from candidates import EXPERIMENT, make_candidate
from live_server import running_server
from local_store import tracking
from mlflow import MlflowClient
from mlflow.server import get_app_client

from registry import chain
from registry.aliases import champion_found
from registry.ask import ask_to_promote
from registry.promotion import Asked

pytestmark = pytest.mark.long

PASSWORD = "a password of twenty letters"
SETTINGS = """[mlflow]
default_permission = NO_PERMISSIONS
database_uri = sqlite:///{folder}/accounts.db
admin_username = admin
"""
PROMOTE = "/syrinx/decide/promotion"


VETOED = {
    "vera": ("registered_model", "registered_model_version"),
    "rune": ("experiment", "run"),
}
"""Accounts that may read something, and nothing of what is kept under it."""


class Server:
    """A server with wrens, which ann and paul may read, and owls, which only its administrator may.

    Of both, version 1 is champion; of wrens, version 2 may become it, and paul may promote.
    """

    def __init__(self, address: str):
        self.address = address

    def visitor(self, account: str) -> requests.Session:
        """A browser in which somebody has logged in."""
        session = requests.Session()
        session.auth = (account, PASSWORD)
        return session

    def get(self, account: str, path: str) -> requests.Response:
        return self.visitor(account).get(self.address + path)


@pytest.fixture(scope="module")
def server(tmp_path_factory, empty_database) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("accounts")
    (folder / "accounts.ini").write_text(SETTINGS.format(folder=folder))
    settings = {
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "only of this test",
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "accounts.ini"),
        "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
        "SYRINX_PROMOTERS": "paul",
    }
    with (
        running_server("syrinx-basic-auth", empty_database, folder, **settings) as address,
        pytest.MonkeyPatch.context() as environment,
        tracking(address) as client,
    ):
        environment.setenv("MLFLOW_TRACKING_USERNAME", "admin")
        environment.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
        for model in ("wrens", "owls"):
            make_candidate(client, model)
            ask_to_promote(Asked(model, "1", "admin"))
        make_candidate(client, "wrens", 0.95)
        accounts = get_app_client("basic-auth", address)
        for account in ("ann", "paul"):
            accounts.create_user(account, PASSWORD)
            accounts.grant_user_permission(account, "registered_model", "wrens", "READ")
        trainings = client.get_experiment_by_name(EXPERIMENT).experiment_id
        for account, (parent, child) in VETOED.items():
            accounts.create_user(account, PASSWORD)
            role = accounts.create_role("default", account).id
            name = {"registered_model": "wrens", "experiment": trainings}[parent]
            accounts.add_role_permission(role, parent, name, "READ")
            accounts.add_role_permission(role, child, "*", "DENY")
            accounts.assign_role(account, role)
        yield Server(address)


@pytest.mark.parametrize(
    "path", ["", "version?version=wrens/1", "static/style.css", "decide/rollback"]
)
def test_a_stranger_sees_nothing(server, path):
    assert requests.get(f"{server.address}/syrinx/{path}").status_code == 401


def test_a_leaderboard_lists_what_somebody_may_read(server):
    for account, models in {"ann": {"wrens"}, "admin": {"wrens", "owls"}}.items():
        text = server.get(account, "/syrinx/").text
        assert set(re.findall(r'value="(\w+)/\d+"', text)) == models
        assert ("owls" in text) == ("owls" in models)


def test_pages_of_a_model_that_somebody_may_not_read_are_shut(server):
    run_id = chain.head("owls").run.info.run_id
    for path in (
        "version?version=owls/1",
        "version?version=owls/99",
        "sound.flac?version=owls/1&folder=mistakes&place=0",
        "sound.png?version=owls/1&folder=mistakes&place=0",
        "decide/promotion?version=owls/1",
        "decide/rollback?version=owls/1",
        f"decision?run={run_id}",
    ):
        answer = server.get("ann", f"/syrinx/{path}")
        assert (path, answer.status_code) == (path, 403)
        assert "accuracy" not in answer.text
    assert server.get("admin", f"/syrinx/decision?run={run_id}").status_code == 200


def test_a_run_of_an_experiment_that_somebody_may_not_read_stays_unseen(server):
    """The model is open to ann, the trainings are not."""
    shown = server.get("ann", "/syrinx/version?version=wrens/1").text
    assert "Measured" in shown
    assert "this account may not read it" in shown
    assert "All classes" not in shown
    assert "not open to this account" in shown
    assert "Trained in" in server.get("admin", "/syrinx/version?version=wrens/1").text


def test_who_may_read_a_model_but_no_versions_sees_none(server):
    assert server.get("vera", "/syrinx/version?version=wrens/1").status_code == 403
    assert "wrens/1" not in server.get("vera", "/syrinx/").text
    asked = {"model": "wrens", "version": "2", "gate": "", "accept": "", "evidence": ""}
    answer = server.visitor("vera").post(
        f"{server.address}/syrinx/promote", json={**asked, "dry_run": True}
    )
    assert answer.status_code == 403


def test_who_may_read_an_experiment_but_no_runs_sees_none(server):
    trainings = MlflowClient().get_experiment_by_name(EXPERIMENT).experiment_id
    run = MlflowClient().create_run(trainings).info.run_id
    MlflowClient().log_param(run, "config.trials", "3")
    assert server.get("admin", f"/syrinx/study?run={run}").status_code == 200
    assert run in server.get("admin", "/syrinx/studies").text
    for path in (f"study?run={run}", f"codec?run={run}"):
        assert server.get("rune", f"/syrinx/{path}").status_code == 403
    assert run not in server.get("rune", "/syrinx/studies").text


def test_who_may_not_promote_gets_no_form_and_no_promotion(server):
    ann, address = server.visitor("ann"), f"{server.address}{PROMOTE}"
    shown = ann.get(address, params={"version": "wrens/2"}).text
    assert "SYRINX_PROMOTERS" in shown
    assert "<form" not in shown
    form = {"version": "wrens/2", "token": "0" * 64}
    origin = {"Origin": server.address}
    assert ann.post(address, data=form, headers=origin).status_code == 403
    assert champion_found("wrens") == "1"


def test_mlflows_own_page_leads_to_ours(server):
    page = server.get("ann", "/")
    assert 'href="syrinx/"' in page.text
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_promoters_form_promotes_in_his_name_and_another_sites_does_not(server):
    paul, address = server.visitor("paul"), f"{server.address}{PROMOTE}"
    shown = paul.get(address, params={"version": "wrens/2"}).text
    form = {
        "version": "wrens/2",
        "token": re.search(r'name="token" value="(\w+)"', shown)[1],
    }
    elsewhere = {"Origin": "http://localhost:1234"}  # Which MLflow's own check lets through.
    assert paul.post(address, data=form, headers=elsewhere).status_code == 403
    stolen = server.visitor("admin")
    stolen.cookies.update(paul.cookies)
    own = {"Origin": server.address}
    assert stolen.post(address, data=form, headers=own).status_code == 403
    assert champion_found("wrens") == "1"
    assert "became @champion by this" in paul.post(address, data=form, headers=own).text
    assert champion_found("wrens") == "2"
    assert chain.head("wrens").entry.decided_by == "paul"
