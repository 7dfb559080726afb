"""Versions side by side: what differs beyond luck, and on which recordings."""

from collections.abc import Mapping

from flask import render_template

from dashboards.asked import asked_versions
from dashboards.class_changes import DRAWN, changes_figure
from dashboards.comparison import Section, sections
from dashboards.heard import Heard, heard
from dashboards.recordings import LISTED
from dashboards.versions import known
from evaluation.mistakes import KEPT
from evaluation.noise import FEWEST

MOST = 6
"""Versions that can be told apart on a page."""


def compare() -> str:
    """Two or more versions, one section for each test set."""
    versions = [known(each) for each in asked_versions(at_least=2, at_most=MOST)]
    found = sections(versions)
    return render_template(
        "compare.html",
        versions=versions,
        sections=[(section, _heard(section)) for section in found],
        without=[each for each in versions if each.dossier is None],
        changes_figure=changes_figure,
        drawn=DRAWN,
        listed=LISTED,
        kept=KEPT,
        fewest=FEWEST,
    )


def _heard(section: Section) -> Mapping[str, Heard]:
    return heard(section.answered.versions) if section.answered else {}
