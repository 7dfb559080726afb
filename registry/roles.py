"""A role at an MLflow server with accounts: permissions, and the accounts that have them.

`client` is MLflow's `AuthServiceClient`, used by an administrator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlflow.exceptions import MlflowException

from projects.errors import UserError

MODEL, EXPERIMENT = "registered_model", "experiment"
"""MLflow's names for what permissions are about."""

WORKSPACE = "default"
"""The one that a server without workspaces has."""


@dataclass(frozen=True)
class Permission:
    """One of MLflow's permissions on one thing.

    Attributes:
        level: READ, EDIT or MANAGE.
        kind: Of the thing, `MODEL` or `EXPERIMENT`.
        key: By which MLflow finds it: a model's name, an experiment's id.
        name: By which a person knows it.
    """

    level: str
    kind: str
    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.level} on {self.kind.replace('_', ' ')} {self.name}"


def role_named(client: Any, name: str) -> Any:
    """A role, made where there is none."""
    for role in client.list_roles(WORKSPACE):
        if role.name == name:
            return role
    return client.create_role(WORKSPACE, name)


def allow(client: Any, role: Any, permission: Permission) -> bool:
    """Gives a role a permission; whether it had another on that thing, or none."""
    thing = (permission.kind, permission.key)
    held = {(each.resource_type, each.resource_pattern): each for each in role.permissions}
    if thing not in held:
        client.add_role_permission(role.id, *thing, permission.level)
    elif held[thing].permission != permission.level:
        client.update_role_permission(held[thing].id, permission.level)
    else:
        return False
    print(f"role {role.name}: has {permission}")
    return True


def enrol(client: Any, role: Any, accounts: Sequence[Any]) -> bool:
    """Gives accounts a role; whether one had it not."""
    members = {each.user_id for each in client.list_role_users(role.id)}
    new = [account.username for account in accounts if account.id not in members]
    for name in new:
        client.assign_role(name, role.id)
        print(f"account {name}: has role {role.name}")
    return bool(new)


def narrow(client: Any, account: str, permission: Permission) -> bool:
    """Takes from an account what it has besides its role, as who made a thing owns it.

    Returns:
        Whether it had other rights.

    Raises:
        UserError: It has them by another role.
    """
    thing = (account, permission.kind, permission.key)
    held = client.get_user_permission(*thing).permission
    if held == permission.level:
        return False
    try:
        client.revoke_user_permission(*thing)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        raise UserError(
            f"account {account}: expected {permission}, has {held} by a role: take it out of that"
        ) from error
    print(f"account {account}: has {permission}, no longer {held}")
    return True
