"""Asking Syrinx's server for a decision: only where the store is can it be locked."""

from dataclasses import asdict
from typing import Any

import mlflow
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

from evaluation.gates.canonical import gate_text
from projects.errors import UserError
from registry.entry import Entry
from registry.promotion import Asked, Decision

PROMOTE, ROLL_BACK = "/syrinx/promote", "/syrinx/rollback"
SECONDS = 330
"""Longer than the server waits for its lock."""


class NotAllowedError(UserError):
    """The server knows who asks, and that account may not have it done."""

    exit_code = 1


def promote(asked: Asked, dry_run: bool) -> Decision:
    """As `registry.promotion.promote` or `try_out`; the server says who asks."""
    return _decision(
        PROMOTE,
        {
            "model": asked.model,
            "version": asked.version,
            "gate": gate_text(asked.gate) if asked.gate else "",
            "accept": asked.accept,
            "evidence": asked.evidence,
            "dry_run": dry_run,
        },
    )


def roll_back(model: str, version: str | None, reason: str) -> Decision:
    """As `registry.rollback.roll_back`; the server says who asks."""
    return _decision(ROLL_BACK, {"model": model, "version": version or "", "reason": reason})


def as_json(decision: Decision) -> dict[str, Any]:
    """A decision as the server answers it."""
    return {"entry": asdict(decision.entry), "run_id": decision.run_id}


def answered(method: str, path: str, **content: Any) -> Any:
    """What the server answers, whatever its status; it is asked once.

    Raises:
        MlflowException: There is no server.
    """
    return http_request(
        get_default_host_creds(mlflow.get_registry_uri()),
        path,
        method,
        timeout=SECONDS,
        max_retries=0,
        raise_on_status=False,
        **content,
    )


def _decision(path: str, body: dict[str, Any]) -> Decision:
    answer = answered("POST", path, json=body)
    if answer.status_code == 404:
        raise UserError(
            f"{mlflow.get_registry_uri()}: expected Syrinx's server, which alone can promote, got "
            "another: start it by make ui"
        )
    if answer.status_code == 403:
        raise NotAllowedError(_reason(answer))
    if answer.status_code != 200:
        raise UserError(_reason(answer))
    content = answer.json()
    return Decision(Entry(**content["entry"]), content["run_id"])


def _reason(answer: Any) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"the server answered {answer.status_code}: {answer.text[:200]!r}"
