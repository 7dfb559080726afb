"""What a section's parts say together."""

import math

import pytest
from birds import SPECIES, TRAINING, answers, recordings

from evaluation.bootstrap import intervals
from evaluation.classification import METRICS
from evaluation.comparison.go_no_go import classification_gates
from evaluation.comparison.results import results_of
from evaluation.comparison.section import sections_of


def test_everything_is_there_for_every_row(make_section):
    gates = classification_gates()
    results = results_of(make_section(AST=0.9, CNN=0.4), gates)
    assert list(results.scores) == list(results.f1) == list(results.answers) == ["AST", "CNN"]
    assert [len(each) for each in results.answers.values()] == [len(gates)] * 2
    assert [(each.ours, each.theirs) for each in results.tests] == [("AST", "CNN")]
    assert (results.reference, [each.label for each in results.gains]) == ("AST", ["CNN"])
    assert results.training == TRAINING
    assert results.clips == dict.fromkeys(SPECIES, 15)
    assert results.rare == ["owl", "wren"]


def test_scores_of_one_network_are_those_of_its_own_report(make_network):
    network = make_network(0.7, 3)
    (section,) = sections_of([network])
    results = results_of(section, [])
    ((_, scores),) = results.scores.items()
    for metric, plain in intervals(network.predictions, METRICS).items():
        found = scores[metric]
        assert (found.value, found.lower, found.upper) == pytest.approx(
            (plain.value, plain.lower, plain.upper)
        )
    assert results.tests == results.gains == []


def test_a_gate_judges_the_mean_over_the_seeds(make_network):
    """One lucky seed would otherwise pass its recipe."""
    networks = [
        make_network(skill, luck, recipe="r", settings={"seed": str(luck)})
        for luck, skill in enumerate((0.99, 0.2, 0.2))
    ]
    (section,) = sections_of(networks)
    results = results_of(section, classification_gates())
    outcomes = {each.gate: each.outcome.value for each in results.answers["AST"]}
    assert outcomes["gate_2"] == "STOP"


def test_a_row_that_knew_the_answers_is_no_reference_and_in_no_pair(make_network):
    split = recordings()
    split.loc[split["split"] == "test", "split"] = "train"
    honest = [make_network(0.6, n, family=f"honest {n}", recipe=str(n)) for n in range(2)]
    cheat = make_network(
        0.99, 5, family="cheat", recipe="c", recordings=split, dataset=honest[0].dataset
    )
    (section,) = sections_of([cheat, *honest])
    results = results_of(section, [])
    assert results.reference == "honest 0"
    assert [(each.ours, each.theirs) for each in results.tests] == [("honest 0", "honest 1")]
    assert [each.label for each in results.gains] == ["honest 1"]
    assert not results.same_training


def test_a_species_without_test_recordings_has_no_f1_rather_than_0(make_network):
    few = answers(0.8).part(answers(0.8).truth != SPECIES.index("owl"))
    (section,) = sections_of([make_network(predictions=few)])
    results = results_of(section, [])
    assert results.clips["owl"] == 0
    assert math.isnan(next(iter(results.f1.values()))["owl"])
