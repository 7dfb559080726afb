"""Asking for a decision, wherever the store is: in this process, or at the server that has it."""

import getpass
from urllib.parse import urlsplit

import mlflow

from registry import promotion, remote, rollback
from registry.promotion import Asked, Decision


def ask_to_promote(asked: Asked, dry_run: bool = False) -> Decision:
    """Asks whether a version may become `@champion`, and has it done.

    Args:
        asked: What is asked for.
        dry_run: Only says what would be decided.

    Raises:
        UserError: There is no such version, no evidence about it, or it is champion already.
    """
    if _is_served():
        return remote.promote(asked, dry_run)
    return promotion.try_out(asked) if dry_run else promotion.promote(asked)


def ask_to_roll_back(model: str, version: str | None, reason: str) -> Decision:
    """Asks to make `@previous`, or a named version, champion again.

    Raises:
        UserError: There is nowhere to go, the version never passed, or its files were changed.
    """
    if _is_served():
        return remote.roll_back(model, version, reason)
    return rollback.roll_back(model, version, reason, getpass.getuser())


def _is_served() -> bool:
    return urlsplit(mlflow.get_registry_uri()).scheme in {"http", "https"}
