"""A live server with accounts: who promoted is on record, and only promoters do."""

from collections.abc import Iterator

import pytest
import requests
from candidates import make_candidate
from live_server import running_server
from local_store import tracking
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from projects.errors import UserError
from registry import chain
from registry.aliases import champion_found
from registry.ask import ask_to_promote, ask_to_roll_back
from registry.promotion import Asked
from registry.versions import CHAMPION

pytestmark = pytest.mark.slow

ADMIN, TRAINER, SERVICE = "admin", "trainer", "release-service"
SETTINGS = """[mlflow]
default_permission = EDIT
database_uri = sqlite:///{folder}/accounts.db
admin_username = admin
admin_password = {password}
auth_cache_ttl_seconds = 600
"""
"""Without the last line every call costs a second of hashing passwords."""


def password(account: str) -> str:
    return f"the password of {account}"


@pytest.fixture(scope="module")
def address(tmp_path_factory, empty_database) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server with accounts")
    settings = folder / "accounts.ini"
    settings.write_text(SETTINGS.format(folder=folder, password=password(ADMIN)))
    with running_server(
        "syrinx-basic-auth",
        empty_database,
        folder,
        MLFLOW_FLASK_SERVER_SECRET_KEY="only of this test",
        MLFLOW_AUTH_CONFIG_PATH=str(settings),
        SYRINX_PROMOTERS=f"somebody, {SERVICE}",
    ) as address:
        for account in (TRAINER, SERVICE):
            made = requests.post(
                f"{address}/api/2.0/mlflow/users/create",
                json={"username": account, "password": password(account)},
                auth=(ADMIN, password(ADMIN)),
            )
            assert made.status_code == 200, made.text
        yield address


@pytest.fixture
def log_in(address, monkeypatch):
    """Lets the calls that follow be made by an account."""

    def log_in(account: str) -> MlflowClient:
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", account)
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", password(account))
        return MlflowClient()

    with tracking(address):
        yield log_in


def test_a_trainer_proposes_and_a_promoter_promotes(log_in):
    client = log_in(TRAINER)
    version = make_candidate(client, "species")
    client.set_registered_model_alias("species", "candidate", version.version)
    with pytest.raises(MlflowException, match="PERMISSION_DENIED: trainer: expected an admin"):
        client.set_registered_model_alias("species", CHAMPION, version.version)
    asked = Asked("species", version.version, "I say that I am the administrator")
    with pytest.raises(UserError, match=r"^trainer: expected an administrator or"):
        ask_to_promote(asked)
    assert ask_to_promote(asked, dry_run=True).promoted
    assert chain.head("species") is None

    client = log_in(SERVICE)
    client.set_registered_model_alias("species", CHAMPION, version.version)
    assert champion_found("species") == "1"
    assert chain.head("species").entry.decided_by == SERVICE


def test_going_back_is_for_promoters_too(log_in):
    log_in(TRAINER)
    for version in (make_candidate(MlflowClient(), "codec") for _ in range(2)):
        log_in(ADMIN)
        assert ask_to_promote(Asked("codec", version.version, "whoever")).promoted
        log_in(TRAINER)
    with pytest.raises(UserError, match=r"^trainer: expected an administrator or"):
        ask_to_roll_back("codec", None, "I liked the old one")
    assert champion_found("codec") == "2"
    log_in(ADMIN)
    ask_to_roll_back("codec", None, "it hums")
    assert champion_found("codec") == "1"
    assert chain.head("codec").entry.decided_by == ADMIN


@pytest.mark.parametrize("path", ["/syrinx/promote", "/syrinx/rollback"])
@pytest.mark.parametrize("who", [None, (ADMIN, "a guess"), ("nobody", "knows")])
def test_who_does_not_say_who_they_are_is_not_heard(address, path, who):
    sent = {"model": "species", "version": "1", "reason": "because"}
    assert requests.post(f"{address}{path}", json=sent, auth=who).status_code == 401
