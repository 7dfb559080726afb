"""What a registered model answers on the recordings of a manifest."""

import base64
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PyFuncModel
from tqdm import tqdm

from evaluation.predictions import Predictions
from evaluation.served import load_served
from projects.errors import UserError


def load_model(uri: str) -> PyFuncModel:
    """Loads a registered classifier.

    Raises:
        UserError: There is no such model, it cannot be loaded, or it is not one of ours.
    """
    model = load_served(uri, "species classifier", "seen_audio")
    model_labels(model)
    return model


def score(model: PyFuncModel, recordings: pd.DataFrame) -> tuple[Predictions, dict[str, str]]:
    """Sends each recording through the model as a user's request would be sent.

    Args:
        model: A served classifier; its metadata names its `labels`.
        recordings: A manifest whose labels the model knows.

    Returns:
        The predictions, and for each recording that could not be scored the reason.

    Raises:
        UserError: The model lacks a label of the recordings, or not one could be scored.
    """
    labels = model_labels(model)
    _check_labels(labels, recordings["label"])
    scored: dict[str, np.ndarray] = {}
    failures: dict[str, str] = {}
    for row in tqdm(list(recordings.itertuples()), desc="scoring", unit="recording"):
        try:
            scored[row.recording_id] = _probabilities(model, Path(row.path), labels)
        except (MlflowException, OSError) as error:
            failures[row.recording_id] = str(error).splitlines()[0]
    if not scored:
        raise UserError(
            f"not one of {len(recordings)} recordings could be scored; the first: "
            f"{next(iter(failures.values()))}"
        )
    rows = recordings[recordings["recording_id"].isin(scored.keys())]
    predictions = Predictions(
        item_ids=list(rows["recording_id"]),
        groups=list(rows["group"]),
        truth=np.array([labels.index(label) for label in rows["label"]]),
        probabilities=np.stack([scored[identity] for identity in rows["recording_id"]]),
        labels=labels,
    )
    return predictions, failures


def model_labels(model: PyFuncModel) -> list[str]:
    """The labels that a served classifier tells apart.

    Raises:
        UserError: It is not a classifier of ours.
    """
    metadata = model.metadata.metadata or {}
    if "labels" not in metadata:
        raise UserError("expected a model whose metadata names its labels, got one without")
    return list(metadata["labels"])


def _check_labels(labels: Sequence[str], asked: pd.Series) -> None:
    unknown = sorted(set(asked) - set(labels))
    if unknown:
        raise UserError(
            f"the model does not know {len(unknown)} of the labels, {unknown[0]!r} among them; "
            f"it knows {', '.join(labels[:5])}{', ...' if len(labels) > 5 else ''}"
        )


def _probabilities(model: PyFuncModel, path: Path, labels: Sequence[str]) -> np.ndarray:
    audio = base64.b64encode(path.read_bytes()).decode()
    answer = model.predict(pd.DataFrame({"audio": [audio]}), params={"top_k": len(labels)})
    by_label = {entry["species"]: entry["probability"] for entry in answer["top"].iloc[0]}
    return np.array([by_label[label] for label in labels])
