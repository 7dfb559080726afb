"""Settings of an entry point kept in a file, as a study leaves its best configuration."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import yaml
from pydantic import Field

from projects.config import Config
from projects.errors import UserError


class SettingsFile(Config):
    """An entry point that takes settings from a file too."""

    config: str | None = Field(
        None, description="YAML of settings, a path or runs:/RUN/...; others than defaults win"
    )

    @classmethod
    def validated(cls, values: dict[str, Any]) -> Self:
        """Builds the configuration from values by name and the file that `config` names.

        `mlflow run` passes every parameter, typed or not; so a value that is the default leaves
        the word to the file, and any other wins over it.

        Raises:
            UserError: The file is no settings, or a field is unknown or wrong.
        """
        named = values.get("config")
        if not named:
            return super().validated(values)
        settings = read_settings(named)
        typed = {name: value for name, value in values.items() if not cls._is_default(name, value)}
        return super().validated({**settings, **typed})

    @classmethod
    def _is_default(cls, name: str, value: Any) -> bool:
        field = cls.model_fields.get(name)
        return field is not None and str(value).lower() == str(field.default).lower()


def read_settings(named: str) -> dict[str, Any]:
    """Reads settings by name.

    Args:
        named: Path of a YAML file, or an artifact's address as MLflow shows it, `runs:/RUN/...`.

    Raises:
        UserError: There is no such file, or it is no mapping of names to plain values.
    """
    if named.startswith("runs:/"):
        import mlflow  # Takes seconds, and most files are local.

        with TemporaryDirectory() as folder:
            return _read(Path(mlflow.artifacts.download_artifacts(named, dst_path=folder)), named)
    return _read(Path(named), named)


def _read(path: Path, named: str) -> dict[str, Any]:
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"config: expected a YAML file of settings at {named}: {reason}") from None
    if not isinstance(settings, dict) or "config" in settings:
        raise UserError(f"config: expected lines of `name: value` in {named}, and no config in it")
    for name, value in settings.items():
        if not isinstance(name, str) or not isinstance(value, str | int | float | bool | None):
            # Not shown, for a few lines of YAML can stand for gigabytes.
            raise UserError(
                f"config: expected a name and a plain value in {named}, got a "
                f"{type(value).__name__} as {str(name)[:100]!r}"
            )
    return settings
