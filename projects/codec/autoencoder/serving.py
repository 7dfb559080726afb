"""The served autoencoder: MLflow runs this file to load it, so nothing is pickled.

Input: a column `audio` of base64 WAV, FLAC, OGG or MP3, of any length and rate.
Output: what comes back through codec and bottleneck, as base64 FLAC in `audio`.
"""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PythonModel, PythonModelContext

from projects.audio.base64_audio import from_base64, to_base64
from projects.audio.decode import RecordingError, Sound
from projects.codec.autoencoder.contract import ARTIFACT
from projects.codec.autoencoder.reconstructor import Reconstructor
from projects.codec.autoencoder.seen import Seen


class ServedAutoencoder(PythonModel):
    """An autoencoder behind MLflow's pyfunc interface."""

    def load_context(self, context: PythonModelContext) -> None:
        """Loads the autoencoder and its codec from the model's artifacts."""
        self.reconstructor = Reconstructor.load(Path(context.artifacts[ARTIFACT]))

    @property
    def seen(self) -> Seen:
        """What the model was trained or selected on."""
        return self.reconstructor.seen

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Answers each row of `audio`.

        Raises:
            MlflowException: A row is not base64 of usable audio.
        """
        sounds = [self._answer(row, text) for row, text in enumerate(model_input["audio"])]
        return pd.DataFrame(
            {
                "audio": [to_base64(sound) for sound in sounds],
                "sample_rate": [sound.sample_rate for sound in sounds],
                "seconds": [sound.seconds for sound in sounds],
            }
        )

    def _answer(self, row: int, text: str) -> Sound:
        try:
            return self.reconstructor.sound(from_base64(text))
        except RecordingError as error:
            raise MlflowException.invalid_parameter_value(f"row {row}: {error}") from None


mlflow.models.set_model(ServedAutoencoder())
