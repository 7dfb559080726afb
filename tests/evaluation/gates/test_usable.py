"""Gates that a job can be judged by, and no door round the champion."""

import pytest

from evaluation.classification import METRICS
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.usable import usable_gate
from projects.errors import UserError

FALLBACK = NotWorseThanChampion("macro_f1", 0.02)
MEASURED = [*METRICS, "train_validation_gap", "epochs_to_best"]


def test_a_gate_that_says_nothing_of_the_champion_still_asks_for_no_loss():
    """`-P gate=gate_2` would otherwise be a door round the champion."""
    gate = usable_gate("gate_2", MEASURED, list(METRICS), FALLBACK)
    assert gate.champion == FALLBACK


def test_a_gate_on_a_metric_that_nothing_measures_is_refused_before_training(tmp_path):
    path = tmp_path / "gate.yaml"
    path.write_text("name: g\nrules: [{metric: acuracy, pass: '> 0.5'}]\n")
    with pytest.raises(UserError, match="'acuracy'"):
        usable_gate(str(path), MEASURED, list(METRICS), FALLBACK)


def test_a_champion_metric_without_paired_values_is_refused(tmp_path):
    """Hours later it would be an ERROR that no training can mend."""
    path = tmp_path / "gate.yaml"
    path.write_text(
        "name: g\nrules: [{metric: accuracy, pass: '> 0.5'}]\n"
        "champion: {metric: epochs_to_best, margin: 1}\n"
    )
    with pytest.raises(UserError, match="'epochs_to_best'"):
        usable_gate(str(path), MEASURED, list(METRICS), FALLBACK)


FLOORED = (
    "name: g\nrules: [{metric: accuracy, pass: '> 0.5'}]\n"
    "floor: {metric: f1, pass: '> 0.1', support: 5}\nceilings: {size: 3}\n"
)


def test_a_floor_is_refused_where_no_classes_are_measured(tmp_path):
    """A codec has no classes: hours later the floor would be an ERROR."""
    path = tmp_path / "gate.yaml"
    path.write_text(FLOORED)
    with pytest.raises(UserError, match="measures no classes"):
        usable_gate(str(path), MEASURED, list(METRICS), FALLBACK)


def test_floor_and_ceilings_are_kept_for_a_job_that_measures_classes(tmp_path):
    path = tmp_path / "gate.yaml"
    path.write_text(FLOORED)
    gate = usable_gate(str(path), MEASURED, list(METRICS), FALLBACK, classes=True)
    assert gate.floor.support == 5
    assert [ceiling.cost for ceiling in gate.ceilings] == ["size"]
    assert gate.champion == FALLBACK
