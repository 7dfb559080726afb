import math

import pytest

from evaluation.bootstrap import Interval, paired_difference
from evaluation.classification import METRICS
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.evidence import Compared, Evidence, NoChampion, NotComparable
from evaluation.gates.verdict import Outcome
from projects.errors import UserError

RULE = NotWorseThanChampion("macro_f1", margin=0.02)


def judge(champion):
    return RULE.judge(Evidence({}, "digest", champion))


def compared(value, lower, upper, metric="macro_f1", digest="digest"):
    return Compared(metric, Interval(value, lower, upper), digest)


def test_a_first_model_passes():
    """Nothing could ever be promoted to an empty registry otherwise."""
    row = judge(NoChampion())
    assert (row.outcome, row.note) == (Outcome.PASS, "first model")


@pytest.mark.parametrize(
    ("interval", "outcome"),
    [
        ((0.03, 0.01, 0.05), Outcome.PASS),
        ((0.00, -0.019, 0.02), Outcome.PASS),
        ((0.00, -0.02, 0.02), Outcome.INVESTIGATE),
        ((0.03, -0.05, 0.11), Outcome.INVESTIGATE),
        ((-0.03, -0.05, 0.0), Outcome.INVESTIGATE),
        ((-0.03, -0.05, -0.01), Outcome.STOP),
    ],
)
def test_the_whole_interval_must_lie_above_the_margin(interval, outcome):
    """Judged by the value alone, a worse model would replace a good one by luck."""
    assert judge(compared(*interval)).outcome is outcome


def test_miss_is_how_far_the_lower_bound_lies_under_the_margin():
    assert judge(compared(-0.03, -0.05, -0.01)).miss == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("champion", "note"),
    [
        (None, "nobody looked for a champion"),
        (NotComparable("other labels"), "cannot be compared: other labels"),
        (compared(0.1, 0.05, 0.2, digest="other"), "was compared on dataset other, not digest"),
        (compared(0.1, 0.05, 0.2, metric="accuracy"), "was compared on accuracy"),
        (compared(0.1, None, None), "the difference has no interval"),
        (compared(math.nan, 0.05, 0.2), "not finite"),
        (compared(0.1, math.nan, 0.2), "not finite"),
        (compared(0.1, 0.05, math.inf), "not finite"),
    ],
)
def test_without_a_fair_comparison_there_is_no_pass(champion, note):
    row = judge(champion)
    assert (row.outcome, row.note) == (Outcome.ERROR, note)


def test_the_champion_itself_is_not_worse_than_itself(make_predictions):
    predictions = make_predictions(items=200, classes=5)
    difference = paired_difference(predictions, predictions, METRICS["macro_f1"])
    assert judge(Compared("macro_f1", difference, "digest")).outcome is Outcome.PASS


@pytest.mark.parametrize("margin", [-0.01, math.nan, math.inf])
def test_a_margin_out_of_range_is_refused(margin):
    with pytest.raises(UserError, match="margin of 0 or more"):
        NotWorseThanChampion("macro_f1", margin)


def test_a_metric_where_lower_is_better_is_refused():
    """Compared this way round, it would promote the worse calibrated model."""
    with pytest.raises(UserError, match="higher is better"):
        NotWorseThanChampion("ece", 0.02)
