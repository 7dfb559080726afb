"""A live server whose accounts the command sets up: what each of them may do, and may not."""

import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import mlflow
import pytest
from candidates import EXPERIMENT, GATE, findings, make_candidate, new_version
from live_server import running_server
from local_store import tracking
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client

from projects.errors import UserError
from projects.tracking import run_without_tracking
from registry import chain
from registry.accounts import AccountsConfig, set_up_accounts
from registry.aliases import champion_found
from registry.ask import ask_to_promote, ask_to_roll_back
from registry.candidacy import submit
from registry.dossier import TAG
from registry.outcome import tell_outcome
from registry.promotion import Asked
from registry.remote import NotAllowedError
from registry.versions import CANDIDATE, CHAMPION

pytestmark = pytest.mark.long

MODEL, ADMIN = "birds", "admin"
SETTINGS = """[mlflow]
default_permission = READ
database_uri = sqlite:///{folder}/accounts.db
admin_username = admin
auth_cache_ttl_seconds = 600
"""
OURS = {"model": MODEL, "trainers": "ann, bob", "promoters": "service"}
WHERE = {"experiments": f"species,{EXPERIMENT}"}


class People:
    """Those who have accounts at a server."""

    def __init__(self, address: str, administrators: str, environment: pytest.MonkeyPatch):
        self.permissions = get_app_client("basic-auth", address)
        self.passwords = {ADMIN: administrators}
        self.environment = environment

    def log_in(self, account: str, password: str = "") -> MlflowClient:
        """Lets the calls that follow be made by an account."""
        self.environment.setenv("MLFLOW_TRACKING_USERNAME", account)
        self.environment.setenv("MLFLOW_TRACKING_PASSWORD", password or self.passwords[account])
        return MlflowClient()

    def set_up(self, **parameters: str) -> str:
        """Runs the command as the administrator, and notes the passwords that it prints."""
        self.log_in(ADMIN)
        with redirect_stdout(StringIO()) as printed:
            set_up_accounts(AccountsConfig.parse(options(OURS | WHERE | parameters)))
        made = re.findall(r"account (\S+): made, with the password (\S+)", printed.getvalue())
        self.passwords.update(made)
        return printed.getvalue()

    def held(self, account: str, model: str) -> str:
        """The permission of an account on a model, which anybody may ask of himself."""
        return self.permissions.get_user_permission(account, "registered_model", model).permission


def options(parameters: dict[str, str]) -> list[str]:
    return [word for name, value in parameters.items() for word in (f"--{name}", value)]


@pytest.fixture(scope="module")
def people(tmp_path_factory, empty_database) -> Iterator[People]:
    """At a server on which the command was run."""
    folder: Path = tmp_path_factory.mktemp("accounts")
    (folder / "accounts.ini").write_text(SETTINGS.format(folder=folder))
    settings = {
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "only of this test",
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "accounts.ini"),
        "MLFLOW_AUTH_ADMIN_PASSWORD": "chosen at the first start",
        "SYRINX_PROMOTERS": "service",
    }
    with (
        running_server("syrinx-basic-auth", empty_database, folder, **settings) as address,
        pytest.MonkeyPatch.context() as environment,
        tracking(address),
    ):
        people = People(address, settings["MLFLOW_AUTH_ADMIN_PASSWORD"], environment)
        people.set_up()
        yield people


def test_the_same_command_again_changes_nothing(people):
    """Passwords that change under people's feet would stop every training."""
    assert people.set_up() == (
        "account ann: is there already, with the password that it has\n"
        "account bob: is there already, with the password that it has\n"
        "account service: is there already, with the password that it has\n"
        "all is so already: nothing was changed\n"
        "start the server with\nSYRINX_PROMOTERS=service\n"
    )


def test_one_more_trainer_changes_nothing_for_the_others(people):
    printed = people.set_up(trainers="ann,bob,cleo")
    assert len(people.passwords["cleo"]) >= 20
    assert "account cleo: has role syrinx birds\n" in printed
    assert "account ann: has" not in printed
    assert people.held("cleo", MODEL) == "EDIT"


def test_who_made_a_model_does_not_stay_its_owner(people):
    """An owner deletes versions, and lets others in."""
    people.log_in("ann").create_registered_model("anns own")
    assert people.held("ann", "anns own") == "MANAGE"
    printed = people.set_up(model="anns own")
    assert "account ann: has EDIT on registered model anns own, no longer MANAGE\n" in printed
    assert people.held("ann", "anns own") == "EDIT"


def test_who_has_more_rights_by_another_role_is_told_of(people):
    people.log_in(ADMIN)
    role = people.permissions.create_role("default", "owners of all")
    people.permissions.add_role_permission(role.id, "registered_model", "*", "MANAGE")
    people.permissions.assign_role("bob", role.id)
    with pytest.raises(UserError, match=r"^account bob: expected EDIT .*, has MANAGE by a role"):
        people.set_up()
    people.permissions.unassign_role("bob", role.id)


def test_a_training_of_one_who_may_not_promote_is_not_lost(people, capsys):
    """After hours of it the version is a candidate, with its evidence and the gate's answer."""
    model = "from a training"
    people.set_up(model=model)
    client = people.log_in("ann")
    version = new_version(client, model)
    client.set_registered_model_alias(model, CANDIDATE, version.version)
    mlflow.set_experiment("species")
    with mlflow.start_run() as run:
        found = findings(0.9)
        mlflow.log_metrics({f"test.{name}": each.value for name, each in found.metrics.items()})
        decision = submit(version, found, GATE, examine=lambda uri: found)
        tell_outcome(decision, "on 60 clips")
    printed = capsys.readouterr().out
    assert "| accuracy > 0.5 " in printed
    assert "gate test: PASS on 60 clips\n" in printed
    assert "version 1 is not promoted, account ann may not; @champion stays on no ver" in printed
    assert f"run mlflow run . -e promote -P model={model} -P version=1\n" in printed
    assert not decision.promoted
    assert (champion_found(model), chain.head(model)) == ("", None)
    candidate = client.get_model_version_by_alias(model, CANDIDATE)
    assert candidate.tags[TAG].startswith(run.info.run_id)

    people.log_in("service")
    assert ask_to_promote(Asked(model, "1", "whoever")).promoted
    assert (champion_found(model), chain.head(model).entry.decided_by) == ("1", "service")


@pytest.fixture(scope="module")
def anns_version(people):
    """One that would pass, after one that did."""
    promoted = make_candidate(people.log_in("ann"), MODEL, 0.8)
    people.log_in("service").set_registered_model_alias(MODEL, CHAMPION, promoted.version)
    client = people.log_in("ann")
    version = make_candidate(client, MODEL)
    client.set_registered_model_alias(MODEL, CANDIDATE, version.version)
    return version


def own_role(permissions) -> int:
    return permissions.list_user_roles("ann")[0].id


DECIDING = {
    "promotion": lambda version: ask_to_promote(Asked(MODEL, version.version, "service")),
    "rollback": lambda version: ask_to_roll_back(MODEL, None, "I liked the old one"),
}
CHANGING = {
    "champion": lambda c, v: c.set_registered_model_alias(MODEL, CHAMPION, v.version),
    "no alias": lambda c, v: c.delete_registered_model_alias(MODEL, CANDIDATE),
    "no version": lambda c, v: c.delete_model_version(MODEL, v.version),
    "no model": lambda c, v: c.delete_registered_model(MODEL),
    "no run": lambda c, v: c.delete_run(v.run_id),
    "no experiment": lambda c, v: c.delete_experiment(c.get_run(v.run_id).info.experiment_id),
    "decision": lambda c, v: c.create_run(chain.experiment_id()),
}
GIVING = {
    "model": lambda p: p.grant_user_permission("ann", "registered_model", MODEL, "MANAGE"),
    "all models": lambda p: p.add_role_permission(own_role(p), "registered_model", "*", "MANAGE"),
    "account": lambda p: p.create_user("eve", "a password for eve"),
    "administrator": lambda p: p.update_user_admin("ann", True),
    "promoter's password": lambda p: p.update_user_password("service", "known to ann now"),
}


@pytest.mark.parametrize("decide", DECIDING.values(), ids=DECIDING)
def test_a_trainer_decides_nothing(people, anns_version, decide):
    people.log_in("ann")
    with pytest.raises(NotAllowedError, match=r"^ann: expected an administrator or an account"):
        decide(anns_version)


@pytest.mark.parametrize("change", CHANGING.values(), ids=CHANGING)
def test_a_trainer_moves_no_champion_and_deletes_nothing(people, anns_version, change):
    client = people.log_in("ann")
    with pytest.raises(MlflowException) as refused:
        change(client, anns_version)
    assert refused.value.error_code == "PERMISSION_DENIED"


@pytest.mark.parametrize("give", GIVING.values(), ids=GIVING)
def test_a_trainer_gives_himself_nothing(people, give):
    people.log_in("ann")
    with pytest.raises(MlflowException) as refused:
        give(people.permissions)
    assert refused.value.error_code == "PERMISSION_DENIED"


def test_a_promoter_moves_the_champion_there_and_back(people, anns_version):
    people.log_in("service").set_registered_model_alias(MODEL, CHAMPION, anns_version.version)
    assert champion_found(MODEL) == anns_version.version
    ask_to_roll_back(MODEL, None, "it hears rain")
    assert champion_found(MODEL) != anns_version.version
    assert {each.entry.decided_by for each in chain.decisions(MODEL)} == {"service"}


# Mistakes


def mistake(capsys, monkeypatch, **parameters: str) -> tuple[int, str]:
    """Exit code and what is told of the command as it is called."""
    monkeypatch.setattr("sys.argv", ["accounts", *options(parameters)])
    capsys.readouterr()  # A new store's tables are told of.
    with pytest.raises(SystemExit) as ended:
        run_without_tracking(AccountsConfig, set_up_accounts)
    (line,) = capsys.readouterr().err.splitlines()
    return ended.value.code, line


@pytest.mark.parametrize(
    ("account", "password", "told"),
    [
        (ADMIN, "a guess", "expected name and password of an administrator"),
        ("ann", "", "expected an administrator, got ann"),
    ],
)
def test_only_administrators_set_up_accounts(people, capsys, monkeypatch, account, password, told):
    people.log_in(account, password)
    code, line = mistake(capsys, monkeypatch, **OURS)
    assert code == 2
    assert told in line


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"promoters": ""}, "promoters: expected "),
        (
            {"promoters": "a:b"},
            "expected an account's name, of letters, digits and ._@-, got 'a:b'",
        ),
        ({"trainers": "ann,admin"}, "trainers: admin is an administrator, who may promote"),
    ],
)
def test_names_that_cannot_be_what_they_should_are_told_of(
    people, capsys, monkeypatch, parameters, told
):
    people.log_in(ADMIN)
    code, line = mistake(capsys, monkeypatch, **{**OURS, **parameters})
    assert code == 2
    assert told in line


@pytest.mark.parametrize("place", ["without accounts", "no server", "a file"])
def test_a_server_that_cannot_have_them_is_told_of(address, tmp_path, capsys, monkeypatch, place):
    """`address` is that of a server without accounts."""
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", ADMIN)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "any")
    places = {
        "without accounts": (address, 2, "expected Syrinx's server with accounts, got another"),
        "no server": ("http://127.0.0.1:9", 1, "Connection refused"),
        "a file": (f"sqlite:///{tmp_path}/mlflow.db", 2, "expected a server's http address"),
    }
    uri, code, told = places[place]
    with tracking(uri):
        ended, line = mistake(capsys, monkeypatch, **OURS)
    assert ended == code
    assert told in line
