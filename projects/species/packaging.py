"""A trained classifier as a logged model that serves."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from mlflow.models.model import ModelInfo

from projects.audio.base64_audio import to_base64
from projects.audio.decode import Sound
from projects.species.classifier import SpeciesClassifier
from projects.species.contract import ARTIFACT, SIGNATURE
from projects.species.ensemble import SpeciesEnsemble
from registry.packaging import log_served_model

SERVING_CODE = Path(__file__).with_name("serving.py")
EXAMPLE_RATE = 22050


def log_classifier(
    classifier: SpeciesClassifier | SpeciesEnsemble, about: Mapping[str, object]
) -> ModelInfo:
    """Logs a trained classifier, with its front end and what it has seen, to the active run.

    Args:
        classifier: One network, or several.
        about: What else is to be known of it without loading it; JSON values.
    """
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / ARTIFACT
        classifier.save(folder)
        return log_served_model(
            name="species-classifier",
            code=SERVING_CODE,
            artifacts={ARTIFACT: folder},
            signature=SIGNATURE,
            example=pd.DataFrame({"audio": [_example()]}),
            metadata={"task": "species classification", "labels": classifier.labels, **about},
        )


def _example() -> str:
    times = np.arange(EXAMPLE_RATE) / EXAMPLE_RATE
    whistle = 0.5 * np.sin(2 * np.pi * 3000 * times)
    return to_base64(Sound(whistle.astype(np.float32), EXAMPLE_RATE))
