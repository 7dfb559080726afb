"""What a served autoencoder takes and answers."""

from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

ARTIFACT = "reconstructor"

SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec("string", "audio")]),
    outputs=Schema(
        [
            ColSpec("string", "audio"),
            ColSpec("long", "sample_rate"),
            ColSpec("double", "seconds"),
        ]
    ),
)
