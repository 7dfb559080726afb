"""What a recording is called: by its content."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

THREADS = 8
UNREADABLE = "unreadable"


def audio_digests(paths: Sequence[Path]) -> list[str | None]:
    """Digests of files, read side by side.

    Args:
        paths: Files that need not exist.

    Returns:
        32 hexadecimal digits of BLAKE2b over each file's bytes; None where it cannot be read.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(_digest, paths))


def with_digests(manifest: pd.DataFrame) -> pd.DataFrame:
    """A manifest with the digest of each recording in `audio`, "unreadable" where there is none."""
    digests = audio_digests([Path(path) for path in manifest["path"]])
    return manifest.assign(audio=[digest or UNREADABLE for digest in digests])


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return None
