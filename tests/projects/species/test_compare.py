"""The entry point, on runs as species trainings leave them."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import mlflow
import pandas as pd
import pytest
from birds import answers, recordings
from local_store import local_store
from mlflow import MlflowClient
from trainings import make_training

from projects.species.compare import CompareConfig, compare
from projects.tracking import run_entry_point

HOSTILE = "<b>owl</b> | [x](y)"


@pytest.fixture(scope="module")
def store(tmp_path_factory, empty_database) -> Iterator[MlflowClient]:
    """An experiment with an AST of two seeds, a weak CNN, and a network of another test set."""
    with local_store(empty_database, tmp_path_factory.mktemp("compare")) as client:
        runs = {}
        for seed in range(2):
            settings = {"seed": seed, "mixup_alpha": 0.4}
            tags = {"network": "AST", "recipe": "a" * 16}
            runs[f"AST {seed}"] = make_training(
                client, answers(0.9, seed), tags=tags, settings=settings, experiment="species"
            )
        tags = {"network": HOSTILE, "recipe": "c" * 16}
        runs["CNN"] = make_training(client, answers(0.4, 5), tags=tags, settings={"seed": 0})
        other = recordings(test="easy")
        runs["other"] = make_training(client, answers(0.9, 6), split=other, name="other")
        client.runs = runs
        yield client


@pytest.fixture
def asked(store, monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs the entry point, and gives its exit code, output and error output."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["compare", *arguments])
        code = 0
        try:
            run_entry_point(CompareConfig, compare, "comparisons")
        except SystemExit as ended:
            code = ended.code
        return code, *capsys.readouterr()

    return run


def last_comparison(store) -> mlflow.entities.Run:
    experiment = store.get_experiment_by_name("comparisons")
    (run,) = store.search_runs([experiment.experiment_id], max_results=1)
    return run


def test_an_experiment_becomes_a_report_in_a_run_of_its_own(store, asked):
    code, out, _ = asked("--experiment", "species")
    assert code == 0
    run = last_comparison(store)
    folder = Path(urlsplit(run.info.artifact_uri).path) / "comparison"
    assert {path.name for path in folder.iterdir()} == {
        "report.md",
        "report.html",
        "comparison.csv",
        "species.csv",
        *(f"{n}_{name}.png" for n in (1, 2) for name in ("accuracy", "progression", "class_f1")),
    }
    assert set(run.data.tags["compared"].split(",")) == set(store.runs.values())
    digests = {each.dataset.digest for each in run.inputs.dataset_inputs}
    numbers = pd.read_csv(folder / "comparison.csv")
    assert set(numbers["dataset"]) == digests and len(digests) == 2
    report = (folder / "report.md").read_text()
    assert "AST is better than \\<b\\>owl\\</b\\>" in report
    assert "AST is better than" in out and "![" in report and "![" not in out
    assert "AST: gate\\_2" not in out and "AST: gate_2: GO" in out
    page = (folder / "report.html").read_text()
    assert "<b>" not in page and "&lt;b&gt;owl" in page and page.count("data:image/png") == 6


def test_runs_are_compared_in_the_order_in_which_they_are_named(store, asked):
    """The first is the one that others are set beside."""
    runs = store.runs
    code, out, _ = asked("--runs", f" {runs['CNN']}, {runs['AST 0']} ,{runs['AST 1']},")
    assert code == 0
    assert "2 rows, 3 networks" in out
    assert "AST beside \\<b\\>owl" in out


def test_one_run_is_a_table_without_tests(store, asked):
    code, out, _ = asked("--runs", store.runs["other"])
    assert code == 0
    assert "There are no two rows to compare." in out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--runs", "a", "--experiment", "species"),
        ("--runs", ","),
        ("--runs", "nosuchrun"),
        ("--experiment", "nosuch"),
        ("--experiment", "Default"),
        ("--rows", "3"),
    ],
)
def test_what_cannot_be_done_is_one_line(asked, arguments):
    code, out, err = asked(*arguments)
    assert (code, out) == (2, "")
    (line,) = [line for line in err.splitlines() if line.startswith("error: ")]
    assert "expected" in line
