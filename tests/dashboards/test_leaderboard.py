"""Which versions a leaderboard lists, and in which order."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.columns import Query
from dashboards.leaderboard import board
from dashboards.versions import Known
from projects.errors import UserError
from registry.dossier import Dossier

VALUES = st.one_of(st.floats(0, 1), st.just(math.nan), st.none())


def known(
    number: int,
    dataset: str | None = "set a",
    accuracy: float | None = 0.5,
    name: str = "wrens",
    aliases: tuple[str, ...] = (),
) -> Known:
    """A version evaluated on a test set, None for not at all."""
    version = SimpleNamespace(
        name=name, version=str(number), creation_timestamp=number * 1000, tags={}
    )
    if dataset is None:
        return Known(version, aliases, None, "not evaluated")
    dossier = Dossier(
        model=name,
        version=str(number),
        model_digest="m",
        code_digest="c",
        kind="classification",
        dataset=dataset,
        metrics={} if accuracy is None else {"accuracy": (accuracy, None, None)},
        classes={},
        costs={"latency": 0.01, "size": 1e6},
        machine="",
        items="",
        gate="",
        beside=None,
    )
    return Known(version, aliases, dossier)


def numbers(rows) -> list[int]:
    return [int(row.number) for row in rows]


@given(st.lists(st.sampled_from(["set a", "set b", None]), max_size=12), st.data())
def test_numbers_of_different_test_sets_are_never_in_one_table(sets, data):
    versions = [known(number, dataset) for number, dataset in enumerate(sets, start=1)]
    used = sorted({each for each in sets if each})
    for chosen in (*used, ""):
        shown = board(versions, Query(dataset=chosen))
        assert len({row.dossier.dataset for row in shown.rows}) <= 1
        if chosen:
            expected = {number for number, each in enumerate(sets, start=1) if each == chosen}
            assert set(numbers(shown.rows)) == expected
        assert set(numbers(shown.without)) == {
            number for number, each in enumerate(sets, start=1) if each is None
        }


@given(st.lists(VALUES, min_size=1, max_size=10), st.sampled_from(["up", "down"]))
def test_rows_are_sorted_and_what_has_no_number_is_last(values, order):
    versions = [known(number, accuracy=value) for number, value in enumerate(values, start=1)]
    measured = [value for value in values if value is not None]
    if not measured:
        return
    rows = board(versions, Query(sort="accuracy", order=order)).rows
    shown = [values[int(row.number) - 1] for row in rows]
    there = [value for value in shown if value is not None and not math.isnan(value)]
    assert there == sorted(there, reverse=order == "down")
    assert shown[: len(there)] == there
    assert len(rows) == len(values)


def test_versions_are_sorted_as_numbers():
    rows = board([known(2), known(10), known(1)], Query(sort="version")).rows
    assert numbers(rows) == [1, 2, 10]


def test_the_youngest_has_the_least_age():
    assert numbers(board([known(1), known(2)], Query()).rows) == [2, 1]


def test_the_test_set_of_the_newest_version_is_chosen():
    versions = [known(3, None), known(2, "set b"), known(1, "set a")]
    shown = board(versions, Query())
    assert shown.query.dataset == "set b"
    assert [each.digest for each in shown.sets] == ["set b", "set a"]


def test_names_and_aliases_choose():
    versions = [known(1, aliases=("champion",)), known(2), known(1, name="Owls")]
    assert len(board(versions, Query(name="OWL")).rows) == 1
    assert numbers(board(versions, Query(alias="champion")).rows) == [1]
    # A filter that nothing passes does not take the columns away that an address sorts by.
    assert board(versions, Query(name="tit", sort="accuracy")).rows == []


@pytest.mark.parametrize("query", [Query(dataset="set z"), Query(sort="beauty")])
def test_what_is_not_there_is_refused(query):
    with pytest.raises(UserError, match="expected"):
        board([known(1)], query)


def test_a_second_click_turns_the_order_round_and_the_first_has_the_best_on_top():
    shown = board([known(1)], Query(sort="version"))
    by_key = {column.key: column for column in shown.columns}
    assert by_key["version"].next_order(shown.query) == "down"
    assert by_key["accuracy"].next_order(shown.query) == "down"
    assert by_key["latency"].next_order(shown.query) == "up"
