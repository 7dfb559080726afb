"""Entry point: trained species classifiers side by side, as a report."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
from pydantic import Field

from evaluation.comparison.go_no_go import classification_gates
from evaluation.comparison.measures import all_numbers, species_numbers
from evaluation.comparison.network import Network
from evaluation.comparison.page import Page
from evaluation.comparison.report import comparison_page
from evaluation.comparison.report_html import html_page
from evaluation.comparison.report_md import markdown_page
from evaluation.comparison.results import Results, results_of
from evaluation.comparison.section import sections_of
from evaluation.evaluation import as_dataset
from projects.config import Config, Names
from projects.errors import UserError
from projects.species.compared_runs import networks_of_experiment, networks_of_runs
from projects.tracking import run_entry_point

FOLDER = "comparison"
COMPARED = "compared"
"""Tag: ids of the runs that were compared, as many as a tag has room for."""

LONGEST_TAG = 8000


class CompareConfig(Config):
    """Compares trained species classifiers: scores, paired tests, rare species, gates."""

    runs: Names = Field(
        (), description="ids of trainings, with commas between; others are set beside the first"
    )
    experiment: str | None = Field(None, description="or the experiment whose trainings to compare")


def compare(config: CompareConfig) -> None:
    """Logs the report with its figures and numbers, and prints it."""
    networks = _networks(config)
    gates = classification_gates()
    found = [results_of(section, gates) for section in sections_of(networks)]
    page = comparison_page(found, gates)
    with TemporaryDirectory() as temporary:
        _write(Path(temporary), page, found)
        mlflow.log_artifacts(temporary, FOLDER)
    _link(found)
    print(markdown_page(page, pictures=False))


def _networks(config: CompareConfig) -> list[Network]:
    if bool(config.runs) == bool(config.experiment):
        raise UserError("expected either runs or an experiment, got both or neither")
    if config.experiment:
        return networks_of_experiment(config.experiment)
    return networks_of_runs(config.runs)


def _write(folder: Path, page: Page, found: Sequence[Results]) -> None:
    for name, text in {
        "report.md": markdown_page(page),
        "report.html": html_page(page),
        "comparison.csv": all_numbers(found).to_csv(index=False),
        "species.csv": species_numbers(found).to_csv(index=False),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    for picture in page.pictures:
        (folder / picture.file).write_bytes(picture.png)


def _link(found: Sequence[Results]) -> None:
    """Makes the runs and test sets findable from the active run; the report names all of them."""
    recipes = [recipe for results in found for recipe in results.section.recipes]
    networks = [network for recipe in recipes for network in recipe.networks]
    room = LONGEST_TAG // (len(networks[0].run_id) + 1)
    mlflow.set_tag(COMPARED, ",".join(network.run_id for network in networks[:room]))
    for results in found:
        items = results.section.recipes[0].predictions[0].to_frame()
        named = items.rename(columns={"item": "recording_id", "truth": "label"})
        mlflow.log_input(as_dataset(named, "test", results.section.dataset), context="test")


if __name__ == "__main__":
    run_entry_point(CompareConfig, compare, experiment="comparisons")
