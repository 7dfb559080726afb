"""Where a training keeps its state, so that the same command goes on after a kill."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from projects.errors import UserError

TRAININGS = Path(".syrinx/training")


@contextmanager
def held_folder(root: Path, what: dict[str, Any], wait: bool = False) -> Iterator[Path]:
    """The folder of the one training that these settings and data describe.

    It stays when the block raises or the process is killed, and is removed at its end.

    Args:
        root: Folder of all trainings under way.
        what: All that the training depends on; JSON values.
        wait: Whether to wait for the same training where it is running already.

    Raises:
        UserError: It is, and is not to be waited for.
    """
    digest = digest_of(what)
    folder = root / digest
    root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / f"{digest}.lock", timeout=-1 if wait else 0):
            folder.mkdir(exist_ok=True)
            yield folder
            shutil.rmtree(folder)
    except Timeout:
        raise UserError(
            f"the same training is running already (in {folder}): wait for it or stop it"
        ) from None


def digest_of(what: dict[str, Any]) -> str:
    """Names all that a training depends on, JSON values, by 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
