"""A trained network as a logged model that serves."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from mlflow.models.model import ModelInfo
from transformers import AutoModelForAudioClassification

from projects.audio.base64_audio import to_base64
from projects.audio.decode import Sound
from projects.audio.splits import TEST
from projects.species.classifier import SpeciesClassifier
from projects.species.contract import ARTIFACT, SIGNATURE
from projects.species.front_ends import FrontEnd
from registry.packaging import log_served_model

SERVING_CODE = Path(__file__).with_name("serving.py")


def log_classifier(
    trained: Path, front_end: FrontEnd, labels: list[str], split: pd.DataFrame
) -> ModelInfo:
    """Logs a trained network, its front end and what it has seen, to the active run.

    Args:
        trained: Folder of the network in the `save_pretrained` form.
        front_end: That made its input.
        labels: In the order of its logits.
        split: Recordings with `audio` digest and `split`; all but the test set was seen.
    """
    model = AutoModelForAudioClassification.from_pretrained(trained, use_safetensors=True)
    seen = frozenset(split.loc[split["split"] != TEST, "audio"])
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / ARTIFACT
        SpeciesClassifier(model, front_end, labels, seen).save(folder)
        return log_served_model(
            name="species-classifier",
            code=SERVING_CODE,
            artifacts={ARTIFACT: folder},
            signature=SIGNATURE,
            example=pd.DataFrame({"audio": [_example(front_end.sample_rate)]}),
            metadata={"task": "species classification", "labels": labels},
        )


def _example(sample_rate: int) -> str:
    times = np.arange(sample_rate) / sample_rate
    whistle = 0.5 * np.sin(2 * np.pi * 3000 * times)
    return to_base64(Sound(whistle.astype(np.float32), sample_rate))
