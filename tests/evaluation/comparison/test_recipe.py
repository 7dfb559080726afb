"""The rows of a comparison: which runs make one, and what it is called."""

import pytest

from evaluation.bootstrap import Interval
from evaluation.comparison.recipe import recipes_of


def labels(networks):
    return [recipe.label for recipe in recipes_of(networks)[0]]


def test_runs_that_differ_by_their_seed_are_one_row_in_the_order_of_the_first(make_network):
    networks = [
        make_network(family=family, recipe=family, settings={"seed": seed})
        for family, seed in (("AST", "0"), ("CNN", "0"), ("AST", "1"))
    ]
    recipes, repeated = recipes_of(networks)
    assert [(each.label, each.seeds) for each in recipes] == [("AST", "0, 1"), ("CNN", "0")]
    assert repeated == []


def test_a_training_done_twice_is_no_second_seed(make_network):
    """The interval would narrow by asking one network twice."""
    first, second = (make_network(recipe="r", settings={"seed": "3"}) for _ in range(2))
    ((recipe,), repeated) = recipes_of([first, second])
    assert (recipe.networks, repeated) == ((second,), [first])


def test_a_training_repeated_from_another_path_is_no_second_seed(make_network):
    """The recipe is of what the files hold; their path is a setting all the same."""
    first, second = (
        make_network(recipe="r", settings={"seed": "3", "pretrained": path})
        for path in ("ast", "/home/ann/ast")
    )
    ((recipe,), repeated) = recipes_of([first, second])
    assert (recipe.networks, repeated) == ((second,), [first])


def test_runs_that_nobody_tagged_are_rows_of_their_own_by_their_names(make_network):
    networks = [make_network(family="", name=name) for name in ("dawn", "dusk")]
    assert labels(networks) == ["dawn", "dusk"]
    assert recipes_of(networks)[1] == []


def test_rows_of_one_family_are_told_apart_by_their_settings(make_network):
    networks = [
        make_network(recipe="a", settings={"mixup": "0.4", "seed": "0"}),
        make_network(recipe="b", settings={"mixup": "0.0", "seed": "1"}),
        make_network(recipe="c", family="CNN", settings={"mixup": "0.7"}),
    ]
    assert labels(networks) == ["AST (mixup=0.4)", "AST (mixup=0.0)", "CNN"]


def test_many_differences_do_not_make_a_label_that_nobody_can_read(make_network):
    networks = [
        make_network(recipe=str(turn), settings={f"s{n}": f"{turn}{n}" * 40 for n in range(8)})
        for turn in range(2)
    ]
    for label in labels(networks):
        assert len(label) < 160
        assert label.endswith(", 5 more)")


@pytest.mark.parametrize("recipe", ["", "different"])
def test_two_rows_never_share_a_label(make_network, recipe):
    """Scores of one would be taken for the other's."""
    networks = [make_network(recipe=recipe and f"{recipe} {n}", name="same") for n in range(3)]
    assert len(set(labels(networks))) == 3


def test_costs_are_a_mean_with_their_range_and_a_dash_where_one_is_missing(make_network):
    networks = [
        make_network(recipe="r", settings={"seed": str(n)}, costs={"epochs": n, "latency": 0.1})
        for n in (4.0, 8.0)
    ]
    networks[1].costs["seconds"] = 9
    ((recipe,), _) = recipes_of(networks)
    assert recipe.cost("epochs") == Interval(6, 4, 8)
    assert recipe.cost("latency") == Interval(pytest.approx(0.1))
    assert recipe.cost("seconds") is None


def test_training_metrics_are_those_of_all_seeds_or_none(make_network):
    """A gate would otherwise pass a recipe on the one seed that was measured."""
    gaps = [{"train_validation_gap": Interval(gap)} for gap in (0.1, 0.3)]
    networks = [
        make_network(recipe="r", settings={"seed": str(n)}, training=gap)
        for n, gap in enumerate(gaps)
    ]
    networks[0].training["epochs_to_best"] = Interval(4)
    ((recipe,), _) = recipes_of(networks)
    assert recipe.training("train_validation_gap") == Interval(pytest.approx(0.2))
    assert recipe.training("epochs_to_best") is None


def test_ensembles_are_told_apart_by_their_answers_and_counted(make_network):
    """The champions that they were made of may be others by the next time."""
    members = {"members": "birds@champion"}
    networks = [
        make_network(recipe="e", luck=luck, settings=members, family="both") for luck in (0, 1, 1)
    ]
    ((recipe,), repeated) = recipes_of(networks)
    assert (recipe.seeds, recipe.networks) == ("2 networks", (networks[0], networks[2]))
    assert repeated == [networks[1]]
