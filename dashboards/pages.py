"""Which pages there are, and how they come onto MLflow's server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask
from mlflow.server.handlers import _add_static_prefix

from dashboards import filters, mlflow_ui
from dashboards.codec_page import codec
from dashboards.compare_page import compare
from dashboards.decision_page import decision
from dashboards.errors import handle_errors, unknown_page
from dashboards.files import FILES, endpoint, file_view
from dashboards.headers import harden
from dashboards.leaderboard_page import leaderboard
from dashboards.promotion_page import promotion, rollback
from dashboards.sound_page import sound, sound_picture
from dashboards.study_page import studies, study
from dashboards.version_page import version

NAME, ROOT = "syrinx", "/syrinx"

COPIED = "SYRINX_COPIED"
"""In the Flask app's configuration, where its pages are copied into files: when that is."""


@dataclass(frozen=True)
class Page:
    """One address and what answers there.

    Attributes:
        path: Below `ROOT`; without variables, as MLflow's authentication knows whole paths only.
        view: Answers; its name is the endpoint, `url_for("syrinx.<name>")`.
        menu: Under which name the navigation has it, empty for none.
        methods: That it takes.
        copied: Parameters with which links to it are followed by `-e dashboard`, None for a page
            that needs the server.
    """

    path: str
    view: Callable[[], Any]
    menu: str = ""
    methods: tuple[str, ...] = ("GET",)
    copied: tuple[str, ...] | None = None

    @property
    def endpoint(self) -> str:
        """Under which Flask knows it."""
        return f"{NAME}.{self.view.__name__}"


SOUND = ("version", "run", "folder", "place")

PAGES = (
    Page("/", leaderboard, "Leaderboard", copied=("dataset", "sort", "order")),
    Page("/version", version, copied=("version",)),
    Page("/compare", compare, copied=("version",)),
    Page("/studies", studies, "Studies", copied=()),
    Page("/study", study, copied=("run",)),
    Page("/codec", codec, "Codec", copied=("run",)),
    Page("/sound.flac", sound, copied=SOUND),
    Page("/sound.png", sound_picture, copied=SOUND),
    Page("/decide/promotion", promotion, methods=("GET", "POST")),
    Page("/decide/rollback", rollback, methods=("GET", "POST")),
    Page("/decision", decision, copied=("run",)),
)


def add_pages(app: Flask) -> None:
    """Adds the pages to MLflow's Flask app, so that its authentication stands before them."""
    blueprint = Blueprint(NAME, __name__, template_folder="templates")
    for page in PAGES:
        blueprint.add_url_rule(page.path, view_func=page.view, methods=page.methods)
    for name in FILES:
        blueprint.add_url_rule(f"/static/{name}", endpoint(name), file_view(name))
    blueprint.add_url_rule("/<path:unknown>", view_func=unknown_page)
    filters.add_to(blueprint)
    menu = [page for page in PAGES if page.menu]
    blueprint.context_processor(lambda: {"menu": menu, "copied": app.config.get(COPIED)})
    handle_errors(blueprint)
    harden(blueprint)
    app.register_blueprint(blueprint, url_prefix=_add_static_prefix(ROOT))
    mlflow_ui.add_link(app)


def doors() -> Iterator[tuple[str, str]]:
    """Path and method of all that is served here, to whoever is known to the server.

    What somebody may see is asked for in each page, by `dashboards.readers`.
    """
    root = _add_static_prefix(ROOT)
    yield root, "GET"
    for page in PAGES:
        yield from ((root + page.path, method) for method in page.methods)
    yield from ((f"{root}/static/{name}", "GET") for name in FILES)
