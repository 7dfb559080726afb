"""What decisions are made from, as it is kept and read again."""

from io import BytesIO

import mlflow
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from evaluation import bootstrap, clip_scores, findings
from evaluation.bootstrap import Interval
from evaluation.classification import METRICS, per_class_table
from evaluation.clip_scores import ClipScores
from evaluation.evaluation import Evaluation
from evaluation.findings import ANSWERS_TIMED, by_class, latency, of_classifier, of_scores, paired
from evaluation.predictions import Predictions
from projects.errors import UserError

# numpy drops a NUL at the end of a name, and half a letter is no text.
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


class Clock:
    """Time goes on only while the model answers."""

    def __init__(self, *seconds):
        self.now, self.seconds, self.asked = 0.0, iter(seconds), []

    def perf_counter(self):
        return self.now

    def answer(self, example):
        self.asked.append(example)
        self.now += next(self.seconds)


class Served:
    """A model with one input example, or none."""

    def __init__(self, clock, example=None):
        self.predict = clock.answer
        self.metadata = mlflow.models.Model()
        if example is not None:
            self.metadata.load_input_example = lambda: example


@pytest.fixture
def served(monkeypatch):
    clock = Clock(*[1.0] * (ANSWERS_TIMED + 1))
    monkeypatch.setattr(findings, "time", clock)
    return Served(clock, "a chirp")


def relabelled(predictions, order):
    """The same answers by a model that has its labels in another order."""
    return Predictions(
        predictions.item_ids,
        predictions.groups,
        np.argsort(order)[predictions.truth],
        predictions.probabilities[:, order],
        [predictions.labels[place] for place in order],
    )


def stored(table):
    """A table as it comes back from the file that it is kept in."""
    file = BytesIO()
    table.to_parquet(file, index=False)
    return pd.read_parquet(file)


@st.composite
def answers(draw):
    labels = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    items = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    clips, classes = len(items), len(labels)
    weights = draw(
        st.lists(
            st.lists(st.integers(1, 9), min_size=classes, max_size=classes),
            min_size=clips,
            max_size=clips,
        )
    )
    truth = draw(st.lists(st.integers(0, classes - 1), min_size=clips, max_size=clips))
    groups = draw(st.lists(NAMES, min_size=clips, max_size=clips))
    probabilities = np.array(weights) / np.sum(weights, axis=1, keepdims=True)
    return Predictions(items, groups, np.array(truth), probabilities, labels)


@given(answers())
def test_predictions_come_back_from_their_file_whatever_the_labels_are_called(before):
    """Exchanged columns would compare a champion's owls with a candidate's wrens."""
    after = Predictions.from_table(stored(before.to_table()))
    assert after.labels == sorted(before.labels)
    assert (after.item_ids, after.groups) == (before.item_ids, before.groups)
    assert [after.labels[place] for place in after.truth] == [
        before.labels[place] for place in before.truth
    ]
    for place, label in enumerate(before.labels):
        mine = after.probabilities[:, after.labels.index(label)]
        assert np.array_equal(mine, before.probabilities[:, place])


def scores(missing=0.3, seed=0, clips=30):
    """Clips of ten speakers, some of which could not be scored."""
    random = np.random.default_rng(seed)
    items = [f"clip {place} é" for place in range(clips)]
    columns = ["si_sdr", "pesq_wb"]
    values = pd.DataFrame(random.normal(size=(clips, 2)), index=items, columns=columns)
    values = values.mask(random.random(values.shape) < missing)
    gone = values.isna().stack()
    failures = [(item, metric, "silent") for item, metric in gone[gone].index]
    return ClipScores(
        items,
        [f"speaker {place // 3}" for place in range(clips)],
        values,
        pd.DataFrame(failures, columns=clip_scores.FAILURE_COLUMNS),
    )


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_scores_come_back_from_their_file_and_a_missing_one_stays_missing(missing):
    """A score of 0 in its place would pull the mean of a good model down."""
    before = scores(missing)
    after = ClipScores.from_frame(stored(before.to_frame()))
    assert (after.item_ids, after.groups) == (before.item_ids, before.groups)
    assert_frame_equal(after.values, before.values, check_names=False, check_index_type=False)
    assert after.scored == before.scored
    columns = ["item", "metric"]
    assert {*after.failures[columns].itertuples(index=False, name=None)} == {
        *before.failures[columns].itertuples(index=False, name=None)
    }


@pytest.mark.parametrize("metric", METRICS)
def test_two_tables_compare_as_the_predictions_that_they_hold(make_predictions, metric):
    """The order in which a network has its labels says nothing of how good it is."""
    ours = make_predictions(80, 7, seed=1)
    guessed = make_predictions(80, 7, seed=2).probabilities
    theirs = Predictions(ours.item_ids, ours.groups, ours.truth, guessed, ours.labels)
    expected = bootstrap.paired_difference(ours, theirs, METRICS[metric])
    turned = relabelled(theirs, [2, 6, 0, 3, 5, 1, 4])
    found = paired("classification", ours.to_table(), stored(turned.to_table()), metric)
    bounds = (expected.value, expected.lower, expected.upper)
    assert (found.value, found.lower, found.upper) == pytest.approx(bounds)
    assert found.value != 0


def test_only_clips_that_the_champion_could_be_asked_about_count(make_predictions):
    """On recordings of its own training it would be unbeatable."""
    ours, theirs = make_predictions(60, 3, seed=1), make_predictions(60, 3, seed=1)
    asked = np.arange(60) < 40
    expected = bootstrap.paired_difference(
        ours.part(asked), theirs.part(asked), METRICS["accuracy"]
    )
    part = theirs.part(asked).to_table()
    assert paired("classification", ours.to_table(), part, "accuracy") == expected


def test_a_clip_that_only_the_champion_could_score_is_no_gain_for_the_candidate(make_predictions):
    """Silent on what it finds hard, a candidate would win on the rest."""
    whole = make_predictions(60, 3)
    part = whole.part(np.arange(60) < 59).to_table()
    with pytest.raises(UserError, match="could score clips that the candidate could not"):
        paired("classification", part, whole.to_table(), "accuracy")


def test_other_labels_say_what_to_do(make_predictions):
    with pytest.raises(UserError, match="under another model_name"):
        paired(
            "classification",
            make_predictions(60, 3).to_table(),
            make_predictions(60, 4).to_table(),
            "accuracy",
        )


def test_a_metric_that_classifiers_do_not_have_is_named(make_predictions):
    """A gate of sound asked of a bird's model ended in a traceback."""
    table = make_predictions(60, 3).to_table()
    with pytest.raises(UserError, match=r"macro_f1.*got 'si_sdr'"):
        paired("classification", table, table, "si_sdr")


def test_two_tables_of_scores_compare_as_the_scores_that_they_hold():
    ours, theirs = scores(seed=1), scores(seed=2)
    expected = clip_scores.paired_difference(ours, theirs, "si_sdr")
    frames = (stored(each.to_frame()) for each in (ours, theirs))
    assert paired("reconstruction", *frames, "si_sdr") == expected


def test_the_first_answer_and_one_slow_moment_do_not_count_as_latency(monkeypatch):
    """The first one loads code and warms caches: a ceiling on it would refuse at random."""
    clock = Clock(100.0, 3.0, 1.0, 2.0, 50.0, 0.5)
    monkeypatch.setattr(findings, "time", clock)
    assert latency(Served(clock, "a chirp")) == 2.0
    assert clock.asked == ["a chirp"] * (1 + ANSWERS_TIMED)


def test_a_model_without_an_example_says_what_to_do():
    """Nothing shows that such a model answers at all."""
    with pytest.raises(UserError, match="log it with one"):
        latency(Served(Clock()))


def test_each_class_is_there_with_what_was_measured_of_it(make_predictions):
    """A floor for every class has only this to judge by."""
    whole = make_predictions(40, 4)
    lacking = whole.part(whole.truth != 2)
    table = per_class_table(lacking).set_index("label")
    classes = by_class(lacking)
    assert list(classes) == list(table.index)
    for label, numbers in classes.items():
        assert numbers == pytest.approx(table.loc[label].to_dict(), nan_ok=True)
    assert classes["species 2"]["support"] == 0
    assert np.isnan(classes["species 2"]["recall"])


def test_findings_of_a_classifier_hold_what_its_gates_ask_for(make_predictions, served):
    """The seed's third gate asks for what only the training has measured."""
    predictions = make_predictions(40, 3)
    metrics = {"accuracy": Interval(0.9, 0.8, 1.0)}
    evaluation = Evaluation(pd.DataFrame(), "digest", predictions, {}, metrics)
    found = of_classifier(evaluation, served, {"epochs_to_best": Interval(7.0)})
    assert (found.kind, found.dataset, found.latency) == ("classification", "digest", 1.0)
    assert found.metrics == {**metrics, "epochs_to_best": Interval(7.0)}
    assert found.classes.keys() == {"species 0", "species 1", "species 2"}
    assert_frame_equal(found.items, predictions.to_table())


def test_findings_of_sound_hold_the_score_of_each_clip(served):
    clips = scores()
    found = of_scores(clips, clip_scores.intervals(clips), served, "digest")
    assert (found.kind, found.dataset, found.classes) == ("reconstruction", "digest", {})
    assert found.metrics.keys() == {"si_sdr", "pesq_wb"}
    assert paired(found.kind, found.items, found.items, "si_sdr").value == 0
