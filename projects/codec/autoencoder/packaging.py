"""A trained autoencoder as a logged model that serves."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from mlflow.models.model import ModelInfo

from projects.audio.base64_audio import to_base64
from projects.audio.decode import Sound
from projects.codec.autoencoder.contract import ARTIFACT, SIGNATURE
from projects.codec.autoencoder.reconstructor import Reconstructor
from registry.packaging import log_served_model

SERVING_CODE = Path(__file__).with_name("serving.py")


def log_reconstructor(reconstructor: Reconstructor) -> ModelInfo:
    """Logs an autoencoder with its codec and what both have heard, to the active run."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / ARTIFACT
        reconstructor.save(folder)
        return log_served_model(
            name="audio-autoencoder",
            code=SERVING_CODE,
            artifacts={ARTIFACT: folder},
            signature=SIGNATURE,
            example=pd.DataFrame({"audio": [_example(reconstructor.codec.sample_rate)]}),
            metadata={
                "task": "sound reconstruction",
                "codec": reconstructor.codec.digest,
                "bandwidth": reconstructor.bandwidth,
                "tr": reconstructor.tr,
            },
        )


def _example(sample_rate: int) -> str:
    times = np.arange(sample_rate) / sample_rate
    hum = 0.3 * np.sin(2 * np.pi * 220 * times) * (1 + np.sin(2 * np.pi * 4 * times)) / 2
    return to_base64(Sound(hum.astype(np.float32), sample_rate))
