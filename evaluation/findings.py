"""What an evaluation says of a model, in the one form that decisions about it are made from."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from mlflow.pyfunc import PyFuncModel

from evaluation import bootstrap, clip_scores
from evaluation.bootstrap import Interval
from evaluation.classification import METRICS, per_class_table
from evaluation.clip_scores import ClipScores
from evaluation.evaluation import Evaluation
from evaluation.predictions import Predictions
from projects.errors import UserError

Kind = Literal["classification", "reconstruction"]

ANSWERS_TIMED = 5


@dataclass(frozen=True, eq=False)
class Findings:
    """One evaluation of one model.

    Attributes:
        kind: Which metrics there are, and how two models are compared by them.
        dataset: Digest of the test set.
        metrics: Name to value with its interval.
        items: One row a clip, enough to compare with another model clip by clip.
        latency: Seconds that the model takes to answer its own example, the median of a few.
        classes: Label to support, precision, recall, F1 and average precision, for a classifier.
    """

    kind: Kind
    dataset: str
    metrics: Mapping[str, Interval]
    items: pd.DataFrame
    latency: float
    classes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def of_classifier(
    evaluation: Evaluation, model: PyFuncModel, training: Mapping[str, Interval]
) -> Findings:
    """Findings of a classifier.

    Args:
        evaluation: What was measured.
        model: That it was measured on, to time it.
        training: Metrics of its training that a gate may ask for.
    """
    return Findings(
        "classification",
        evaluation.digest,
        {**evaluation.metrics, **training},
        evaluation.predictions.to_table(),
        latency(model),
        by_class(evaluation.predictions),
    )


def of_scores(
    scores: ClipScores, metrics: Mapping[str, Interval], model: PyFuncModel, dataset: str
) -> Findings:
    """Findings of a model that gives sound back.

    Args:
        scores: Of each clip.
        metrics: What they amount to.
        model: That they are of, to time it.
        dataset: Digest of the test clips.
    """
    return Findings("reconstruction", dataset, metrics, scores.to_frame(), latency(model))


def paired(kind: Kind, ours: pd.DataFrame, theirs: pd.DataFrame, metric: str) -> Interval:
    """Candidate minus champion on the clips that the champion could be asked about.

    Args:
        kind: Of both.
        ours: The candidate's `Findings.items`.
        theirs: The champion's, of the same test set or a part of it.
        metric: To compare on.

    Raises:
        UserError: The two cannot be compared.
    """
    shared = ours[ours["item"].isin(theirs["item"])]
    if len(shared) != len(theirs):
        raise UserError("it could score clips that the candidate could not")
    if kind == "classification":
        pair = (Predictions.from_table(shared), Predictions.from_table(theirs))
        if set(pair[0].labels) != set(pair[1].labels):
            raise UserError(
                "it tells other labels apart: register models of other labels under another "
                "model_name"
            )
        if metric not in METRICS:
            raise UserError(f"expected one of {', '.join(METRICS)} to compare on, got {metric!r}")
        return bootstrap.paired_difference(*pair, METRICS[metric])
    scores = (ClipScores.from_frame(shared), ClipScores.from_frame(theirs))
    return clip_scores.paired_difference(*scores, metric)


def latency(model: PyFuncModel) -> float:
    """Seconds that a model takes for its own example; the first answer is not counted."""
    example: Any = model.metadata.load_input_example()
    if example is None:
        raise UserError("expected a model with an input example, got one without: log it with one")
    model.predict(example)
    seconds = []
    for _ in range(ANSWERS_TIMED):
        start = time.perf_counter()
        model.predict(example)
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def by_class(predictions: Predictions) -> dict[str, dict[str, float]]:
    """Label to support, precision, recall, F1 and average precision; NaN where undefined."""
    table = per_class_table(predictions).set_index("label")
    return {str(label): row.astype(float).to_dict() for label, row in table.iterrows()}
