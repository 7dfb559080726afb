import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, recall_score

from evaluation.classification import per_class_table
from evaluation.gates.comparison import Comparison
from evaluation.gates.evidence import Evidence
from evaluation.gates.floor import PerClassFloor
from evaluation.gates.verdict import Outcome
from projects.errors import UserError

FLOOR = PerClassFloor("f1", Comparison(">", 0.1), support=5)
scores = st.floats(0, 1)
supports = st.integers(0, 10)
tables = st.dictionaries(
    st.text(max_size=5), st.fixed_dictionaries({"support": supports, "f1": scores}), min_size=1
)


def judge(classes, rule=FLOOR):
    return rule.judge(Evidence({}, "digest", classes=classes))


def table(**f1):
    return {label: {"support": 5, "f1": value} for label, value in f1.items()}


def test_one_class_that_is_never_recognised_is_no_pass():
    """Ninety birds at 0.9 would hide the one bird that a user asks for."""
    classes = table(**{f"bird {place}": 0.9 for place in range(90)}, wren=0.0)
    row = judge(classes)
    assert row.outcome is Outcome.INVESTIGATE
    assert row.measured.value == 0
    assert row.miss == pytest.approx(0.1)
    assert row.note == "judged 91 of 91 classes; failing: wren 0"


def test_every_class_above_the_floor_is_a_pass():
    row = judge(table(wren=0.11, robin=0.9))
    assert (row.outcome, row.miss, row.measured.value) == (Outcome.PASS, 0, 0.11)


def test_the_limit_itself_is_judged_as_the_condition_says():
    assert judge(table(wren=0.1)).outcome is Outcome.INVESTIGATE
    at_least = PerClassFloor("f1", Comparison(">=", 0.1), 5)
    assert judge(table(wren=0.1), at_least).outcome is Outcome.PASS


def test_note_names_the_three_worst_and_counts_the_others():
    """A report with ninety names would bury the class to begin with."""
    row = judge(table(a=0.05, b=0.01, c=0.03, d=0.09, e=0.08, f=0.5))
    assert row.note == "judged 6 of 6 classes; failing: b 0.01, c 0.03, a 0.05 and 2 more"


def test_classes_of_few_clips_are_left_out_and_the_note_says_so():
    """One unlucky clip would hold back a good model."""
    classes = table(robin=0.9) | {"wren": {"support": 4, "f1": 0.0}}
    row = judge(classes)
    assert (row.outcome, row.note) == (Outcome.PASS, "judged 1 of 2 classes")


def test_classes_of_few_clips_alone_are_no_pass():
    """A test set too small to tell would let every model through."""
    row = judge({"wren": {"support": 4, "f1": 0.9}})
    assert (row.outcome, row.note) == (Outcome.INVESTIGATE, "judged 0 of 1 classes")


@pytest.mark.parametrize(
    ("classes", "note"),
    [
        ({}, "no class was measured"),
        (table(robin=0.9, wren=math.nan), "no finite f1 of wren"),
        (table(robin=0.9, wren=math.inf), "no finite f1 of wren"),
        ({"wren": {"support": 5, "recall": 0.9}}, "no finite f1 of wren"),
        ({"wren": {"f1": 0.9}}, "no finite support of wren"),
        ({"wren": {"support": math.nan, "f1": 0.9}}, "no finite support of wren"),
    ],
)
def test_what_was_not_measured_is_an_error(classes, note):
    """A column renamed, or a diverged model, must not pass for want of a number."""
    row = judge(classes)
    assert (row.outcome, row.note) == (Outcome.ERROR, note)


@given(tables)
def test_passes_exactly_where_no_judged_class_fails(classes):
    judged = [row["f1"] for row in classes.values() if row["support"] >= 5]
    expected = Outcome.PASS if judged and min(judged) > 0.1 else Outcome.INVESTIGATE
    assert judge(classes).outcome is expected


@given(tables, st.data())
def test_a_better_class_never_gives_a_worse_outcome(classes, data):
    label = data.draw(st.sampled_from(sorted(classes)))
    better = classes[label] | {"f1": data.draw(st.floats(classes[label]["f1"], 1))}
    improved = judge({**classes, label: better})
    assert improved.outcome.severity <= judge(classes).outcome.severity


@pytest.mark.parametrize(("metric", "measure"), [("f1", f1_score), ("recall", recall_score)])
def test_takes_the_table_of_classes_as_it_is(make_predictions, metric, measure):
    """Under other column names the floor would be an error after hours of training."""
    predictions = make_predictions(items=200, classes=5)
    classes = per_class_table(predictions).set_index("label").to_dict("index")
    row = judge(classes, PerClassFloor(metric, Comparison(">", 0), 1))
    expected = measure(predictions.truth, predictions.predicted, average=None).min()
    assert row.measured.value == pytest.approx(expected)


def test_a_class_without_clips_needs_no_score(make_predictions):
    """Its F1 is NaN in the table; the floor would be an error on every partial test set."""
    classes = table(robin=0.9) | {"wren": {"support": 0, "f1": math.nan}}
    assert judge(classes).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("condition", "support", "says"),
    [("< 0.1", 5, "floor with > or >="), ("> 0.1", 0, "1 or more clips")],
)
def test_a_floor_that_means_nothing_is_refused(condition, support, says):
    with pytest.raises(UserError, match=says) as error:
        PerClassFloor("f1", Comparison.parse(condition), support)
    assert "\n" not in str(error.value)
