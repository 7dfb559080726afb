"""What a weak model reaches: logistic regression on each band's mean and deviation over time.

Same features and same split as a training with the same options; fitted on training and
validation together, scored on test. A network that does no better has learnt nothing of time.
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.measuring import ratio_line, run_benchmark
from evaluation.bootstrap import intervals
from evaluation.classification import METRICS
from evaluation.markdown import interval_cells, markdown_table
from evaluation.predictions import Predictions
from projects.audio.splits import TEST
from projects.audio.store import FeatureStore
from projects.species.data import SplitConfig
from projects.species.features import extract_features
from projects.species.front_ends.front_end import SEGMENT
from projects.species.split import split_recordings

NAMES = {"accuracy": "accuracy", "macro_f1": "macro F1", "map": "mAP"}


def measure(config: SplitConfig) -> None:
    """Fits, scores and prints a Markdown row, and how far it is above the commonest label."""
    manifest = config.manifest()
    features = extract_features(manifest, config.built_front_end(), config.store, config.fan_out)
    split = split_recordings(config, manifest, features.recordings)
    predictions = linear_predictions(features.store, split)
    metrics = intervals(predictions, {name: METRICS[name] for name in NAMES})
    cells = [interval_cells(metrics[name]) for name in NAMES]
    print(f"data: {len(split)} recordings, {len(predictions.truth)} of them for testing")
    print("measured: with 95 % intervals over the test recordings' groups\n")
    row = ["logistic regression", *(f"{value} ({bounds})" for value, bounds in cells)]
    print(markdown_table(["model", *NAMES.values()], [row]))
    print()
    guess = _commonest_label_accuracy(split)
    print(ratio_line(metrics["accuracy"].value, guess, "accuracy, linear / commonest label"))


def linear_predictions(store: FeatureStore, split: pd.DataFrame) -> Predictions:
    """Fits on training and validation and answers on test.

    Args:
        store: Holds the segments.
        split: Recordings with `audio` digest and `split`; each label has one to fit on.
    """
    is_test = (split["split"] == TEST).to_numpy()
    inputs = np.stack([_mean_and_deviation(store, audio) for audio in split["audio"]])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))
    model.fit(inputs[~is_test], split["label"][~is_test])
    labels, test = list(model.classes_), split[is_test]
    return Predictions(
        item_ids=list(test["recording_id"]),
        groups=list(test["group"]),
        truth=np.array([labels.index(label) for label in test["label"]]),
        probabilities=model.predict_proba(inputs[is_test]),
        labels=labels,
    )


def _mean_and_deviation(store: FeatureStore, audio: str) -> np.ndarray:
    segment = store.read(audio, SEGMENT)
    assert segment is not None
    frames = segment.astype(np.float64)
    return np.concatenate([frames.mean(axis=0), frames.std(axis=0)])


def _commonest_label_accuracy(split: pd.DataFrame) -> float:
    is_test = split["split"] == TEST
    return float((split["label"][is_test] == split["label"][~is_test].mode()[0]).mean())


if __name__ == "__main__":
    run_benchmark(SplitConfig, measure)
