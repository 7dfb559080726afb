"""The server's own doors: promoting and rolling back, as `registry.remote` asks for them."""

from typing import Any, TypeVar

from flask import Flask, Response, jsonify, request
from mlflow.server.handlers import _add_static_prefix, catch_mlflow_exception
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from projects.errors import UserError
from registry.asker import asker, promoter
from registry.promotion import Asked, promote, try_out
from registry.record import recorded_gate
from registry.refusal import told_to_mlflow
from registry.remote import PROMOTE, ROLL_BACK, as_json
from registry.rollback import roll_back

PATHS = tuple(map(_add_static_prefix, (PROMOTE, ROLL_BACK)))


class Body(BaseModel):
    """What a request holds: no less, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    model: str
    version: str


class Promotion(Body):
    """As `registry.promotion.Asked`; an empty gate is none."""

    gate: str
    accept: str
    evidence: str
    dry_run: bool


class Rollback(Body):
    """As `registry.rollback.roll_back`; an empty version is `@previous`."""

    reason: str = Field(min_length=1)


AnyBody = TypeVar("AnyBody", bound=Body)


def add_routes(app: Flask) -> None:
    """Adds the doors to MLflow's Flask app, so that its authentication stands before them."""
    for path, view in zip(PATHS, (_promote, _roll_back), strict=True):
        app.add_url_rule(path, view_func=view, methods=["POST"])


@catch_mlflow_exception
def _promote() -> Response:
    with told_to_mlflow():
        body = _body(Promotion)
        gate = recorded_gate(body.gate) if body.gate else None
        by = asker() if body.dry_run else promoter()
        asked = Asked(body.model, body.version, by, gate, body.accept, body.evidence)
        return jsonify(as_json(try_out(asked) if body.dry_run else promote(asked)))


@catch_mlflow_exception
def _roll_back() -> Response:
    with told_to_mlflow():
        body = _body(Rollback)
        by = promoter()
        return jsonify(as_json(roll_back(body.model, body.version or None, body.reason, by)))


def _body(kind: type[AnyBody]) -> AnyBody:
    # A form of another site cannot be of this type.
    if request.mimetype != "application/json":
        raise UserError(
            f"{request.path}: expected application/json, got {request.mimetype or 'nothing'}"
        )
    try:
        return kind.model_validate(request.get_json(silent=True))
    except ValidationError as error:
        fault: Any = error.errors()[0]
        where = ".".join(map(str, fault["loc"])) or "body"
        raise UserError(
            f"{request.path}, {where}: {fault['msg']}, got {fault['input']!r}"
        ) from error
