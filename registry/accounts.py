"""Entry point: who may register versions of a model, and who may make one `@champion`."""

import re
import secrets
from typing import Annotated, Any

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client
from pydantic import AfterValidator, BeforeValidator, Field

from projects.config import Config, Names, parted
from projects.errors import UserError
from projects.tracking import run_without_tracking
from registry import chain
from registry.asker import PROMOTERS
from registry.remote import PROMOTE, answered
from registry.roles import EXPERIMENT, MODEL, Permission, allow, enrol, narrow, role_named

CURRENT_ACCOUNT = "/api/2.0/mlflow/users/current"


def _account(name: str) -> str:
    # MLflow takes others, with which nobody can log in, or which SYRINX_PROMOTERS cannot name.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@-]*", name):
        raise ValueError("an account's name, of letters, digits and ._@-")
    return name


Accounts = Annotated[tuple[Annotated[str, AfterValidator(_account)], ...], BeforeValidator(parted)]


class AccountsConfig(Config):
    """Sets up accounts: trainers register candidates, promoters make one of them champion."""

    model: str = Field("species-classifier", min_length=1, description="registered model")
    trainers: Accounts = Field((), description="accounts, with commas between")
    promoters: Accounts = Field(min_length=1, description="accounts, with commas between")
    experiments: Names = Field(
        ("Default", "species", "codec", "evaluation", "promote"),
        description="to which both write runs, with commas between",
    )


def set_up_accounts(config: AccountsConfig) -> None:
    """Makes what is missing, gives the permissions, and prints what the server has to know.

    Raises:
        UserError: The server has no accounts or does not guard `@champion`, the account that asks
            is no administrator of it, or another one has more rights than it should.
    """
    _expect_administrator()
    client = get_app_client("basic-auth", mlflow.get_tracking_uri())
    accounts = _accounts(client, config)
    _add_model(config.model)
    role = role_named(client, f"syrinx {config.model}")
    permissions = _permissions(config)
    changes = [allow(client, role, each) for each in permissions]
    changes.append(enrol(client, role, accounts))
    changes += [narrow(client, each.username, permissions[0]) for each in accounts]
    if not any(changes):
        print("all is so already: nothing was changed")
    print(f"start the server with\n{PROMOTERS}={','.join(config.promoters)}")


def _permissions(config: AccountsConfig) -> list[Permission]:
    """For trainers and promoters alike, that on the model first.

    With EDIT on a model MLflow lets an account move any alias of it; that `@champion` is for
    promoters only is the guard's business.
    """
    written = [(name, _experiment(name)) for name in config.experiments]
    return [
        Permission("EDIT", MODEL, config.model, config.model),
        *(Permission("EDIT", EXPERIMENT, key, name) for name, key in written),
        Permission("READ", EXPERIMENT, _experiment(chain.EXPERIMENT), chain.EXPERIMENT),
    ]


def _expect_administrator() -> None:
    """Looks before anything is changed."""
    server = mlflow.get_tracking_uri()
    if not server.startswith(("http://", "https://")):
        # Of a database, the rest may hold a password.
        scheme = server.partition(":")[0]
        raise UserError(f"MLFLOW_TRACKING_URI: expected a server's http address, got {scheme}:...")
    answer = answered("GET", CURRENT_ACCOUNT)
    if answer.status_code == 401:
        raise UserError(
            f"{server}: expected name and password of an administrator in MLFLOW_TRACKING_USERNAME "
            "and MLFLOW_TRACKING_PASSWORD, got none that it knows"
        )
    # MLflow's own server with accounts would let trainers move @champion.
    # To ask for nothing is refused by ours, and unknown to it.
    if answer.status_code != 200 or answered("POST", PROMOTE, json={}).status_code == 404:
        raise UserError(
            f"{server}: expected Syrinx's server with accounts, got another: start it by "
            "mlflow server --app-name syrinx-basic-auth"
        )
    account = answer.json()["user"]
    if not account["is_admin"]:
        raise UserError(f"{server}: expected an administrator, got {account['username']}")


def _accounts(client: Any, config: AccountsConfig) -> list[Any]:
    """The accounts; those that are not there are made, once it is known that all may be."""
    names = dict.fromkeys(config.trainers + config.promoters)
    found = {name: _found(client, name) for name in names}
    for name in config.trainers:
        if found[name] and found[name].is_admin:
            raise UserError(f"trainers: {name} is an administrator, who may promote: name another")
    return [_kept(account) if account else _made(client, name) for name, account in found.items()]


def _found(client: Any, name: str) -> Any:
    try:
        return client.get_user(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None


def _kept(account: Any) -> Any:
    print(f"account {account.username}: is there already, with the password that it has")
    return account


def _made(client: Any, name: str) -> Any:
    password = secrets.token_urlsafe(16)
    account = client.create_user(name, password)
    print(f"account {name}: made, with the password {password} (shown only now)")
    return account


def _add_model(name: str) -> None:
    """Makes a model that is missing, so that no trainer comes to own it."""
    try:
        MlflowClient().create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _experiment(name: str) -> str:
    found = mlflow.get_experiment_by_name(name)
    return str(found.experiment_id) if found else str(mlflow.create_experiment(name))


if __name__ == "__main__":
    run_without_tracking(AccountsConfig, set_up_accounts)
