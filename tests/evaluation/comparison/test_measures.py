"""The seed's table as a person reads it, and the same numbers for a machine."""

import pandas as pd

from evaluation.comparison.measures import all_numbers, score_table, species_numbers
from evaluation.comparison.results import results_of
from evaluation.comparison.section import sections_of


def test_the_table_has_what_the_seed_compares(make_section):
    table = score_table(results_of(make_section(AST=0.9, CNN=0.4), []))
    assert table.header == [
        "row",
        "seeds",
        "accuracy",
        "macro F1",
        "weighted F1",
        "mAP",
        "calibration (ece)",
        "epochs",
        "time",
        "parameters",
        "latency",
    ]
    assert [row[0] for row in table.rows] == ["AST", "CNN"]
    assert table.rows[0][7:] == ["5", "7.5 min", "1,000,000", "20.0 ms"]
    assert all(" to " in cell for row in table.rows for cell in row[2:7])


def test_an_ensemble_without_epochs_has_dashes(make_network):
    """0 epochs in 0 seconds would be a lie."""
    (section,) = sections_of([make_network(costs={"latency": 0.1})])
    assert score_table(results_of(section, [])).rows[0][7:] == ["-", "-", "-", "100.0 ms"]


def test_every_number_is_in_the_csv(make_section):
    results = results_of(make_section(AST=0.9, CNN=0.4, MLP=0.5), [])
    table = all_numbers([results])
    found = table.set_index(["row", "against", "metric"])
    assert not found.index.has_duplicates
    (test, *_) = results.tests
    line = found.loc[("AST", "CNN", "accuracy")]
    difference = test.differences["accuracy"]
    assert tuple(line[["value", "lower", "upper", "p", "p_adjusted"]]) == (
        difference.value,
        difference.lower,
        difference.upper,
        test.p,
        test.adjusted,
    )
    assert found.loc[("CNN", "", "map"), "value"] == results.scores["CNN"]["map"].value
    assert found.loc[("CNN", "", "latency"), "value"] == 0.02
    assert found.loc[("CNN", "AST", "macro_f1 of rare species"), "value"] < 0
    assert set(table["dataset"]) == {results.section.dataset}


def test_every_species_and_row_is_in_the_species_csv(make_section):
    results = results_of(make_section(AST=0.9, CNN=0.4), [])
    table = species_numbers([results])
    assert len(table) == 8
    owl = table[(table["species"] == "owl") & (table["row"] == "CNN")].iloc[0]
    assert (owl["training"], owl["test"], owl["rare"]) == (4, 15, True)
    assert owl["f1"] == results.f1["CNN"]["owl"]
    assert pd.isna(all_numbers([results]).query("metric == 'map'")["p"]).all()
