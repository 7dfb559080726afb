"""Rows have to differ in what they claim to differ in."""

from evaluation.comparison.settings import differing, recipe_settings


def networks(make_network, *settings):
    return [make_network(settings=each) for each in settings]


def test_what_all_rows_share_is_not_shown_and_neither_is_the_seed(make_network):
    one = networks(make_network, {"seed": "0", "mixup": "0.4", "epochs": "9"})
    other = networks(make_network, {"seed": "1", "mixup": "0.0", "epochs": "9"})
    assert differing([one, other]) == {"mixup": ["0.4", "0.0"]}


def test_a_setting_that_only_one_kind_of_network_has_is_shown(make_network):
    """A reader would not see that one row has dropout."""
    one = networks(make_network, {"heads": "4"})
    other = networks(make_network, {"dropout": "0.1"})
    assert differing([one, other]) == {"dropout": ["-", "0.1"], "heads": ["4", "-"]}


def test_networks_of_one_row_that_are_not_alike_show_all_their_values(make_network):
    """An ensemble's members differ from seed to seed."""
    row = networks(make_network, {"members": "a b"}, {"members": "c d"}, {"members": "a b"})
    assert recipe_settings(row) == {"members": "a b, c d"}


def test_one_row_differs_from_nothing(make_network):
    assert differing([networks(make_network, {"mixup": "0.4"})]) == {}
