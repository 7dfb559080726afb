"""The files of a registered version: what it weighs, and a digest that tells if one was changed."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from projects.errors import UserError

WRITTEN_ON_THE_WAY = "registered_model_meta"
"""MLflow puts this file beside what it downloads."""

CODE = "code"


@dataclass(frozen=True)
class ModelFiles:
    """What stands under a version.

    Attributes:
        digest: 16 hexadecimal digits over every file's path and content.
        code: The same over the code that the model brings along, empty where it brings none.
        size: Of all files, bytes.
    """

    digest: str
    code: str
    size: int


def model_files(name: str, version: str) -> ModelFiles:
    """Reads all files of a version.

    Raises:
        UserError: They cannot be read.
    """
    try:
        source = MlflowClient().get_model_version_download_uri(name, version)
        if urlsplit(source).scheme in {"", "file"}:
            return _read(Path(mlflow.artifacts.download_artifacts(artifact_uri=source)))
        with TemporaryDirectory() as temporary:
            fetched = mlflow.artifacts.download_artifacts(artifact_uri=source, dst_path=temporary)
            return _read(Path(fetched))
    except (MlflowException, OSError) as error:
        raise UserError(
            f"{name} version {version}: expected its files in the store, got none: "
            f"{str(error).splitlines()[0]}"
        ) from error


def _read(folder: Path) -> ModelFiles:
    paths = [path for path in sorted(folder.rglob("*")) if _belongs(path)]
    digests = {path.relative_to(folder): _file_digest(path) for path in paths}
    code = {path: digest for path, digest in digests.items() if path.parts[0] == CODE}
    size = sum(path.stat().st_size for path in paths)
    return ModelFiles(_digest(digests), _digest(code) if code else "", size)


def _belongs(path: Path) -> bool:
    # Whoever loads the model in place leaves compiled code behind.
    return path.is_file() and path.name != WRITTEN_ON_THE_WAY and "__pycache__" not in path.parts


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(files: dict[Path, str]) -> str:
    # As JSON, in which no file's name can pass for two files, nor be other than ASCII.
    listed = json.dumps([(path.as_posix(), digest) for path, digest in sorted(files.items())])
    return hashlib.sha256(listed.encode()).hexdigest()[:16]
