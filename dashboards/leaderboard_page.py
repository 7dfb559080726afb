"""The leaderboard: where people look first."""

from dataclasses import fields

from flask import render_template, request

from dashboards.columns import Query
from dashboards.leaderboard import board
from dashboards.versions import known_versions
from dashboards.whiskers import whiskers
from projects.errors import UserError


def leaderboard() -> str:
    """Every version of every model on a chosen test set."""
    return render_template(
        "leaderboard.html",
        board=board(known_versions(), _query()),
        whiskers=whiskers,
    )


def _query() -> Query:
    names = {field.name for field in fields(Query)}
    query = Query(**{key: value for key, value in request.args.items() if key in names})
    if query.order not in ("up", "down"):
        raise UserError(f"order: expected up or down, got {query.order!r}")
    return query
