"""A candidate beside the champion, on a store that `train_ast` made."""

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.entities.model_registry import ModelVersion

from evaluation.beside import difference_to
from evaluation.evaluation import Evaluation, evaluate_model
from evaluation.gates.evidence import Compared, NoChampion, NotComparable
from evaluation.predictions import Predictions
from evaluation.scoring import load_model
from evaluation.unseen import unseen
from projects.audio.digests import audio_digests
from projects.audio.readers import read_csv
from registry.comparison import compare_with_champion

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def champion(trained):
    mlflow.set_tracking_uri(trained.tracking_uri)
    return mlflow.MlflowClient().get_model_version("species-classifier", "1")


@pytest.fixture(scope="module")
def manifest(trained) -> pd.DataFrame:
    frame = read_csv(trained.recordings)
    paths = [trained.folder / path for path in frame["path"]]
    return frame.assign(audio=audio_digests(paths))


@pytest.fixture(scope="module")
def evaluation(champion, manifest) -> Evaluation:
    model = load_model("models:/species-classifier/1")
    return evaluate_model(model, unseen(model.unwrap_python_model().seen_audio, manifest), "digest")


def compared(evaluation: Evaluation, champion: ModelVersion | None, metric: str):
    return compare_with_champion(
        champion, metric, evaluation.digest, lambda uri: difference_to(evaluation, uri, metric)
    )


def with_predictions(evaluation: Evaluation, **changes) -> Evaluation:
    parts = {
        name: getattr(evaluation.predictions, name)
        for name in ("item_ids", "groups", "truth", "probabilities", "labels")
    }
    predictions = Predictions(**{**parts, **changes})
    return Evaluation(evaluation.recordings, evaluation.digest, predictions, {}, {})


def test_a_model_is_not_worse_than_itself(evaluation, champion):
    found = compared(evaluation, champion, "macro_f1")
    assert isinstance(found, Compared)
    difference = found.difference
    assert (difference.value, difference.lower, difference.upper) == (0, 0, 0)


def test_a_candidate_that_is_always_right_is_better_by_the_champions_mistakes(evaluation, champion):
    truth = evaluation.predictions.truth
    perfect = with_predictions(evaluation, probabilities=np.eye(3)[truth])
    found = compared(perfect, champion, "accuracy")
    mistakes = 1 - evaluation.predictions.correct.mean()
    assert found.difference.value == pytest.approx(mistakes)


def test_without_a_champion_there_is_nothing_to_beat(evaluation):
    assert isinstance(compared(evaluation, None, "macro_f1"), NoChampion)


def test_other_labels_cannot_be_compared(evaluation, champion):
    other = with_predictions(evaluation, labels=["robin", "wren", "dunnock"])
    assert "other labels" in compared(other, champion, "macro_f1").reason


def test_recordings_that_the_champion_was_trained_on_are_left_out_on_both_sides(
    champion, manifest, evaluation
):
    """On them it would seem better than it is, and the better candidate would be refused."""
    model = load_model("models:/species-classifier/1")
    everything = evaluate_model(model, manifest, "digest")
    assert len(everything.predictions.item_ids) > len(evaluation.predictions.item_ids)
    truth = everything.predictions.truth
    perfect = with_predictions(everything, probabilities=np.eye(3)[truth])
    found = compared(perfect, champion, "accuracy")
    assert isinstance(found, Compared)
    unseen_mistakes = 1 - evaluation.predictions.correct.mean()
    assert found.difference.value == pytest.approx(unseen_mistakes)


def test_a_champion_that_has_seen_the_whole_test_set_cannot_be_compared(
    champion, manifest, evaluation
):
    seen = manifest[~manifest["recording_id"].isin(evaluation.recordings["recording_id"])]
    leaked = Evaluation(seen, "digest", evaluation.predictions, {}, {})
    found = compared(leaked, champion, "macro_f1")
    assert isinstance(found, NotComparable)
    assert "was trained on all" in found.reason


def test_a_champion_that_cannot_be_loaded_is_an_error_row_not_a_crash(evaluation):
    """Otherwise a damaged champion would end every later training in a traceback."""
    gone = ModelVersion("species-classifier", "99", 0)
    found = compared(evaluation, gone, "macro_f1")
    assert isinstance(found, NotComparable)
    assert "version 99" in found.reason
