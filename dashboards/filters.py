"""How names, numbers and times are written on pages."""

import math
import shlex
from datetime import UTC, datetime

from flask import Blueprint

from dashboards import asked, files, mlflow_ui

LONGEST_NAME = 60
NONE = "\N{EN DASH}"


def cut(text: object, longest: int = LONGEST_NAME) -> str:
    """A text that may be as long as it likes, cut where it is too long to be read."""
    whole = str(text)
    return whole if len(whole) <= longest else f"{whole[: longest - 1]}…"


def figure(value: float | None) -> str:
    """A number with as many decimals as the others of its column; a dash for none."""
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value) or abs(value) >= 1000:
        return f"{value:.4g}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def size(count: float | None) -> str:
    """A number of bytes in megabytes."""
    return NONE if count is None or not math.isfinite(count) else f"{count / 1e6:.1f} MB"


def duration(seconds: float | None) -> str:
    """A latency in milliseconds."""
    return NONE if seconds is None or not math.isfinite(seconds) else f"{seconds * 1000:.0f} ms"


def ago(then: datetime) -> str:
    """How long ago something was, in its largest unit."""
    seconds = (datetime.now(UTC) - then).total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return "now"


def moment(then: datetime) -> str:
    """A time to the minute."""
    return f"{then:%Y-%m-%d %H:%M} UTC"


def add_to(blueprint: Blueprint) -> None:
    """Has the templates know these functions."""
    for each in (cut, figure, size, duration, ago, moment):
        blueprint.add_app_template_filter(each)
    blueprint.add_app_template_filter(shlex.quote, "shell")
    # Globals, as a template that is imported knows no more.
    blueprint.add_app_template_global(files.address, "asset")
    blueprint.record(lambda state: state.app.jinja_env.globals.update(ui=mlflow_ui))
    blueprint.add_app_template_global(asked.address, "address")
