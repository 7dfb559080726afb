"""What a served species classifier takes and answers."""

from mlflow.models import ModelSignature
from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema
from mlflow.types.schema import Array, Object, Property

ARTIFACT = "classifier"
DEFAULT_TOP_K = 5

SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec("string", "audio")]),
    outputs=Schema(
        [
            ColSpec("string", "species"),
            ColSpec("double", "probability"),
            ColSpec(
                Array(Object([Property("species", "string"), Property("probability", "double")])),
                "top",
            ),
        ]
    ),
    params=ParamSchema([ParamSpec("top_k", "long", DEFAULT_TOP_K)]),
)
