"""Logging a model so that MLflow can serve it without a pickle."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.models.model import ModelInfo

from projects.errors import UserError

ROOT = Path(__file__).parents[1]

NOT_SERVED = shutil.ignore_patterns("__pycache__", "bundled")
"""A served model has its own weights: the bundled codec's would only make it larger."""


def log_served_model(
    name: str,
    code: Path,
    artifacts: Mapping[str, Path],
    signature: ModelSignature,
    example: pd.DataFrame,
    metadata: Mapping[str, Any],
) -> ModelInfo:
    """Logs a pyfunc from code, with the packages and the pinned requirements it runs on.

    Args:
        name: Of the logged model.
        code: A file that ends in `mlflow.models.set_model(...)`.
        artifacts: Folders that the model reads, by name.
        signature: Of its input, output and parameters.
        example: One input.
        metadata: Facts that are read without loading the model; JSON values.

    Returns:
        The logged model, of the active run.

    Raises:
        UserError: An artifact holds a pickle.
    """
    for folder in artifacts.values():
        _refuse_pickles(folder)
    with TemporaryDirectory() as temporary:
        packages = Path(temporary) / "projects"
        shutil.copytree(ROOT / "projects", packages, ignore=NOT_SERVED)
        return mlflow.pyfunc.log_model(
            name=name,
            python_model=str(code),
            artifacts={key: str(folder) for key, folder in artifacts.items()},
            code_paths=[str(packages)],
            pip_requirements=str(ROOT / "requirements.txt"),
            signature=signature,
            input_example=example,
            metadata=dict(metadata),
        )


def _refuse_pickles(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix in {".bin", ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".ckpt"}:
            raise UserError(f"{path}: a model is kept as safetensors and text, never as a pickle")
