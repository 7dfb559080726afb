"""The served species classifier: MLflow runs this file to load it, so nothing is pickled.

Input: a column `audio` of base64 WAV, FLAC, OGG or MP3, of any length and rate.
Output: the likeliest species with its probability, and the `top_k` likeliest in `top`.
"""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PythonModel, PythonModelContext

from projects.audio.base64_audio import from_base64
from projects.audio.decode import RecordingError
from projects.species.contract import ARTIFACT, DEFAULT_TOP_K
from projects.species.ensemble import load_classifier


class ServedSpecies(PythonModel):
    """A species classifier behind MLflow's pyfunc interface."""

    def load_context(self, context: PythonModelContext) -> None:
        """Loads the classifier from the model's artifacts."""
        self.classifier = load_classifier(Path(context.artifacts[ARTIFACT]))

    @property
    def seen_audio(self) -> frozenset[str]:
        """Digests of the sounds that the model was trained or selected on."""
        return self.classifier.seen_audio

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Answers each row of `audio`; `params["top_k"]` species are listed.

        Raises:
            MlflowException: A row is not base64 of usable audio, or top_k is out of range.
        """
        top_k = (params or {}).get("top_k", DEFAULT_TOP_K)
        if top_k < 1:
            raise MlflowException.invalid_parameter_value(f"top_k: expected 1 or more, got {top_k}")
        answers = [self._answer(row, text) for row, text in enumerate(model_input["audio"])]
        return pd.DataFrame(
            {
                "species": [answer[0]["species"] for answer in answers],
                "probability": [answer[0]["probability"] for answer in answers],
                "top": [answer[:top_k] for answer in answers],
            }
        )

    def _answer(self, row: int, text: str) -> list[dict[str, Any]]:
        try:
            probabilities = self.classifier.probabilities(from_base64(text))
        except RecordingError as error:
            raise MlflowException.invalid_parameter_value(f"row {row}: {error}") from None
        ranked = sorted(
            zip(self.classifier.labels, probabilities.tolist(), strict=True),
            key=lambda pair: -pair[1],
        )
        return [{"species": label, "probability": value} for label, value in ranked]


mlflow.models.set_model(ServedSpecies())
