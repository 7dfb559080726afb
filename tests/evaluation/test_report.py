import pytest

from evaluation.bootstrap import Interval, intervals
from evaluation.classification import METRICS
from evaluation.gates.comparison import Comparison
from evaluation.gates.evidence import Evidence
from evaluation.gates.gate import Gate, decide
from evaluation.gates.threshold import Threshold
from evaluation.report import markdown_report

FAILURES = {"XC9.flac": "sf_open failed:\nno | data", "XC1.flac": "empty file"}


@pytest.fixture
def predictions(make_predictions):
    return make_predictions(items=60, classes=4)


@pytest.fixture
def report(predictions):
    metrics = intervals(predictions, METRICS, resamples=50) | {"epochs_to_best": Interval(7)}
    gate = Gate("hard", (Threshold("accuracy", Comparison(">", 0.999)),))
    verdict = decide(gate, Evidence(metrics, "d1g35t"), "d1g35t")
    gates = [verdict.section()]
    return markdown_report("AST, version 3", "d1g35t", predictions, metrics, FAILURES, gates)


def rows_of(report, heading):
    """The cells of the table under a heading, its header and rule left out."""
    section = report.split(f"## {heading}")[1].split("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def test_report_names_what_was_scored(report):
    assert report.startswith("# AST, version 3\n")
    assert "`d1g35t`" in report


def test_clips_that_failed_are_counted_and_named_with_their_reasons(report):
    """Left out in silence, the hard clips would be missing and the score too good."""
    assert "scored: 60 of 62 clips, in 30 groups" in report
    assert "failed: 2" in report
    assert rows_of(report, "Clips that could not be scored") == [
        ["XC1.flac", "empty file"],
        ["XC9.flac", "sf_open failed: no \\| data"],
    ]


def test_every_metric_stands_with_its_interval(report):
    rows = {name: (value, interval) for name, value, interval in rows_of(report, "Metrics")}
    assert list(rows) == [*METRICS, "epochs_to_best"]
    assert all(" to " in rows[name][1] for name in METRICS)
    assert rows["epochs_to_best"] == ("7", "-")


def test_gate_that_did_not_pass_is_not_reported_as_a_pass(report):
    """The seed's fault: a gate in prose, passed with caution."""
    assert "## Gate hard: INVESTIGATE" in report
    assert rows_of(report, "Gate hard")[0][3] == "INVESTIGATE"
    assert "PASS" not in report


def test_classes_and_commonest_mistakes_are_listed(report, predictions):
    assert [row[0] for row in rows_of(report, "Classes")] == predictions.labels
    assert sum(int(row[1]) for row in rows_of(report, "Classes")) == 60
    counts = [int(row[2]) for row in rows_of(report, "Most confused")]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) <= (~predictions.correct).sum()


def test_other_levels_are_called_what_they_are(predictions):
    metrics = intervals(predictions, METRICS, resamples=50, level=0.9)
    assert "90 % interval" in markdown_report("x", "d", predictions, metrics, {}, level=0.9)


def test_without_failures_there_is_no_list_of_them(predictions):
    report = markdown_report("x", "d", predictions, {}, {})
    assert "failed: 0" in report
    assert "could not be scored" not in report
