from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from numpy.testing import assert_allclose

from evaluation.bootstrap import Interval, group_weights
from evaluation.clip_scores import ClipScores, intervals, paired_difference
from evaluation.quality.metrics import QUALITY
from projects.errors import UserError


def make_scores(clips=60, clips_a_group=3, seed=0, missing=0.2):
    """Clips of speakers who differ; some clips lack a score, with the reason."""
    random = default_rng(seed)
    items = [f"clip {i}" for i in range(clips)]
    of_speaker = np.repeat(random.normal(size=(clips, 1)), clips_a_group, axis=0)[:clips]
    values = pd.DataFrame(
        of_speaker + random.normal(size=(clips, 2)), index=items, columns=["pesq_wb", "si_sdr"]
    )
    values = values.mask(random.random(values.shape) < missing)
    gone = values.isna().stack()
    failures = pd.DataFrame(
        [(item, metric, "silent") for item, metric in gone[gone].index],
        columns=["item", "metric", "reason"],
    )
    groups = [f"speaker {i // clips_a_group}" for i in range(clips)]
    return ClipScores(items, groups, values, failures)


def part(scores, order):
    """The same clips in another order, or some of them."""
    items = [scores.item_ids[place] for place in order]
    return ClipScores(
        items,
        [scores.groups[place] for place in order],
        scores.values.loc[items],
        scores.failures[scores.failures["item"].isin(items)],
    )


def better(scores, gain=0.5):
    return replace(scores, values=scores.values + gain)


def test_values_are_means_over_the_scored_clips():
    """A failed clip counted as 0, or as -1, would lower a codec that is good on all the others."""
    scores = make_scores()
    assert 0 < scores.scored["si_sdr"] < 60
    for metric, interval in intervals(scores).items():
        expected = scores.values[metric].dropna()
        assert scores.scored[metric] == len(expected)
        assert interval.value == pytest.approx(expected.mean())
        assert interval.lower < interval.value < interval.upper


def test_bounds_are_those_of_a_bootstrap_done_by_hand_over_the_groups_of_scored_clips():
    scores = make_scores()
    present = scores.values["si_sdr"].dropna()
    groups = [scores.groups[scores.item_ids.index(item)] for item in present.index]
    weights = group_weights(groups, 1000, 0)
    means = [np.average(present, weights=draw) for draw in weights]
    interval = intervals(scores)["si_sdr"]
    assert_allclose([interval.lower, interval.upper], np.quantile(means, [0.025, 0.975]))


def test_interval_over_speakers_is_wider_than_over_clips():
    """Clips of one speaker are alike: taken for independent, they would promise too much."""
    scores = make_scores(clips=200, clips_a_group=10, missing=0)
    alone = replace(scores, groups=scores.item_ids)
    of_groups, of_clips = (intervals(each)["si_sdr"] for each in (scores, alone))
    assert of_groups.upper - of_groups.lower > 1.5 * (of_clips.upper - of_clips.lower)


@settings(max_examples=30)
@given(order=st.permutations(range(30)))
def test_the_order_of_the_clips_changes_nothing(order):
    """Fanned out over processes, clips come back in any order."""
    scores, champion = make_scores(clips=30), make_scores(clips=30, seed=1)
    shuffled = part(scores, order)
    for metric, interval in intervals(scores, resamples=50).items():
        same_bounds(interval, intervals(shuffled, resamples=50)[metric])
    same_bounds(
        paired_difference(scores, champion, "si_sdr", resamples=50),
        paired_difference(shuffled, champion, "si_sdr", resamples=50),
    )


def same_bounds(one, other):
    assert_allclose(
        [one.value, one.lower, one.upper], [other.value, other.lower, other.upper], atol=1e-12
    )


@settings(max_examples=30)
@given(
    values=st.lists(st.floats(-100, 100), min_size=1, max_size=20),
    groups=st.integers(1, 5),
    shift=st.floats(-50, 50),
    seed=st.integers(0, 100),
)
def test_intervals_stay_among_the_scores_and_follow_their_shift(values, groups, shift, seed):
    items = [str(i) for i in range(len(values))]
    scores = ClipScores(
        items,
        [str(i % groups) for i in range(len(values))],
        pd.DataFrame({"si_sdr": values}, index=items),
        pd.DataFrame(columns=["item", "metric", "reason"]),
    )
    interval = intervals(scores, resamples=50, seed=seed)["si_sdr"]
    moved = intervals(better(scores, shift), resamples=50, seed=seed)["si_sdr"]
    assert moved.value == pytest.approx(interval.value + shift, abs=1e-9)
    if min(groups, len(values)) == 1:
        assert interval.lower is None
        return
    assert min(values) - 1e-9 <= interval.lower <= interval.upper <= max(values) + 1e-9
    assert_allclose([moved.lower, moved.upper], np.add([interval.lower, interval.upper], shift))


def test_a_metric_that_no_clip_has_is_absent_and_counted():
    """NaN for a metric would fail a gate as an error of the program rather than as not measured."""
    scores = ClipScores.gather(
        ["a", "b"], ["x", "y"], [({"si_sdr": 3.0}, reasons("si_sdr")), ({}, reasons())]
    )
    assert intervals(scores).keys() == {"si_sdr"}
    assert scores.scored == dict.fromkeys(QUALITY, 0) | {"si_sdr": 1}


def reasons(*but):
    return {metric: "silent" for metric in QUALITY if metric not in but}


def test_gathered_scores_and_reasons_stand_beside_their_clips():
    scores = ClipScores.gather(
        ["a", "b"],
        ["x", "y"],
        [(dict.fromkeys(QUALITY, 2.0), {}), ({"stoi": 0.5}, reasons("stoi"))],
    )
    frame = scores.to_frame()
    assert list(frame.columns) == ["item", "group", *QUALITY]
    assert list(frame["item"]) == ["a", "b"]
    assert list(frame["group"]) == ["x", "y"]
    assert list(frame["stoi"]) == [2.0, 0.5]
    assert np.isnan(frame["si_sdr"][1])
    assert set(scores.failures["item"]) == {"b"}
    assert set(scores.failures["metric"]) == set(QUALITY) - {"stoi"}


def test_paired_difference_is_candidate_minus_champion_over_clips_that_both_have():
    """Means over different clips would compare the clips and not the models."""
    champion = make_scores()
    candidate = make_scores(seed=1)
    both = (candidate.values["si_sdr"] - champion.values["si_sdr"]).dropna()
    assert len(both) < min(candidate.scored["si_sdr"], champion.scored["si_sdr"])
    up = paired_difference(candidate, champion, "si_sdr")
    down = paired_difference(champion, candidate, "si_sdr")
    assert up.value == pytest.approx(both.mean())
    assert_allclose([down.value, down.lower, down.upper], [-up.value, -up.upper, -up.lower])


def test_paired_difference_of_a_steady_gain_is_certain():
    """What is hard is hard for both: a small gain on every clip must not drown in their spread."""
    champion = make_scores()
    gain = paired_difference(better(champion), champion, "si_sdr")
    assert_allclose([gain.value, gain.lower, gain.upper], 0.5)
    alone = intervals(champion)["si_sdr"]
    assert alone.upper - alone.lower > 0.4
    assert paired_difference(champion, champion, "si_sdr") == Interval(0, 0, 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda scores: part(scores, range(59)), "same clips"),
        (lambda scores: replace(scores, groups=scores.groups[::-1]), "same clips"),
        (lambda scores: replace(scores, groups=scores.item_ids), "same groups"),
        (lambda scores: replace(scores, values=scores.values.rename(columns={"si_sdr": "x"})), "x"),
    ],
)
def test_scores_of_other_clips_are_not_compared(change, says):
    champion = make_scores(missing=0)
    with pytest.raises(UserError, match=says) as error:
        paired_difference(change(champion), champion, "si_sdr")
    assert "\n" not in str(error.value)


def test_no_clip_in_common_is_said():
    one = ClipScores.gather(
        ["a", "b"], ["x", "y"], [({"si_sdr": 3.0}, reasons("si_sdr")), ({}, reasons())]
    )
    other = ClipScores.gather(
        ["a", "b"], ["x", "y"], [({}, reasons()), ({"si_sdr": 3.0}, reasons("si_sdr"))]
    )
    with pytest.raises(UserError, match="got none of 2"):
        paired_difference(one, other, "si_sdr")


@pytest.mark.parametrize("arguments", [{"resamples": 0}, {"level": 95}])
def test_arguments_out_of_range_are_refused(arguments):
    with pytest.raises(UserError, match="Expected"):
        intervals(make_scores(), **arguments)


FAILURES = pd.DataFrame({"item": ["b"], "metric": ["si_sdr"], "reason": ["silent"]})
VALUES = pd.DataFrame({"si_sdr": [1.0, np.nan], "stoi": [0.5, 0.6]}, index=["a", "b"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"item_ids": [], "groups": [], "values": VALUES[:0]}, "at least one clip"),
        ({"values": VALUES[[]]}, "at least one clip"),
        ({"item_ids": ["b", "a"]}, "same order"),
        ({"item_ids": ["a", "b", "c"]}, "same order"),
        ({"groups": ["x"]}, "1 groups"),
        ({"item_ids": ["a", "a"], "values": VALUES.set_axis(["a", "a"])}, "all different"),
        ({"values": VALUES.set_axis(["stoi", "stoi"], axis=1)}, "all different"),
        ({"values": VALUES.replace(0.5, np.inf)}, "infinite"),
        ({"failures": FAILURES[:0]}, "each of the 1 missing"),
        ({"failures": pd.concat([FAILURES, FAILURES])}, "got 2 reasons"),
        ({"failures": FAILURES.assign(item="a")}, "one reason"),
        ({"failures": FAILURES.drop(columns="reason")}, "columns"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(changes, says):
    """A clip without score or reason would drop out of the table unseen."""
    parts = {"item_ids": ["a", "b"], "groups": ["x", "y"], "values": VALUES, "failures": FAILURES}
    ClipScores(**parts)
    with pytest.raises(UserError, match=says) as error:
        ClipScores(**(parts | changes))
    assert "\n" not in str(error.value)


def test_later_changes_of_the_callers_tables_do_not_reach_in():
    values, failures = VALUES.copy(), FAILURES.copy()
    scores = ClipScores(["a", "b"], ["x", "y"], values, failures)
    values.loc["a", "si_sdr"] = 100.0
    failures.loc[0, "reason"] = "other"
    assert scores.values.loc["a", "si_sdr"] == 1.0
    assert scores.failures["reason"][0] == "silent"
