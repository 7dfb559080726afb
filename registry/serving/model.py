"""Which version of a registered model answers, and how the champion takes its place."""

import asyncio
import logging

from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from projects.errors import UserError
from registry.serving.version import ServedVersion, start_version
from registry.versions import CHAMPION, version_with_alias

logger = logging.getLogger(__name__)


class ServedModel:
    """A registered model of which one version answers.

    Attributes:
        current: The version that answers.
    """

    def __init__(self, name: str) -> None:
        """Loads the champion.

        Raises:
            UserError: There is none, or it cannot be loaded.
        """
        self._name = name
        self._change = asyncio.Lock()
        self.current: ServedVersion = start_version(_champion(name))

    async def reload(self) -> str | None:
        """Puts the champion of the moment in the place of the version that answers.

        Meanwhile that version goes on answering; where it is champion still, nothing is done.

        Returns:
            In one line why the version of before goes on answering; None where the champion does.
        """
        async with self._change:
            try:
                champion = await asyncio.to_thread(_champion, self._name)
                if not _same(champion, self.current.version):
                    self._replace(await asyncio.to_thread(start_version, champion))
            except (UserError, MlflowException) as error:
                reason = " ".join(str(error).split())
                logger.error("reload failed, %s goes on: %s", self.current.label, reason)
                return reason
        return None

    def _replace(self, version: ServedVersion) -> None:
        before, self.current = self.current, version
        before.retire()
        logger.info("%s answers, in the place of %s", version.label, before.label)


def _champion(name: str) -> ModelVersion:
    champion = version_with_alias(name, CHAMPION)
    if champion is None:
        raise UserError(
            f"model: expected a registered model with a version that is @{CHAMPION}, got {name!r}: "
            "promote one, or set MLFLOW_TRACKING_URI to the store that has it"
        )
    return champion


def _same(one: ModelVersion, other: ModelVersion) -> bool:
    # A model that was deleted and registered anew begins at version 1 again.
    return (one.version, one.creation_timestamp) == (other.version, other.creation_timestamp)
