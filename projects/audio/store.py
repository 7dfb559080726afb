"""The feature store: arrays by the digest of the sound they come from, in safetensors shards.

A folder a setting, named by the settings' digest, so that no setting can be changed and old
features be served:

    <root>/<front end>-<digest>/settings.json
    <root>/<front end>-<digest>/<shard>.safetensors
    <root>/<front end>-<digest>/index/<shard>.parquet

A shard's index is written after the shard, so what the index names is whole. A shard is named
by what is in it, so that writing it twice is harmless.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from projects.audio.atomic import write_text, written_whole

logger = logging.getLogger(__name__)

Item = Mapping[str, np.ndarray]
"""Arrays of one recording by kind, each (frames, ...) with time first."""

INDEX_COLUMNS = ["audio", "kind", "start", "frames"]


class FeatureStore:
    """Features of one front end under one setting.

    Attributes:
        folder: Where the shards lie.
    """

    def __init__(self, root: Path, name: str, settings: Mapping[str, Any]) -> None:
        """Opens the store of these settings, or makes an empty one.

        Args:
            root: Folder of all stores.
            name: Of the front end, for people's eyes.
            settings: All that the features depend on besides the sound; JSON values.
        """
        text = json.dumps(dict(settings), sort_keys=True, indent=2)
        self.folder = root / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        if not (self.folder / "settings.json").exists():
            write_text(self.folder / "settings.json", text)
        self.refresh()

    def refresh(self) -> None:
        """Reads the index again, after jobs wrote shards.

        A shard that is missing or damaged is dropped, with a warning, so that the features in
        it are computed again.
        """
        self._shards: dict[str, safe_open] = {}
        self._places: dict[tuple[str, str], tuple[str, int, int]] = {}
        self._audio: set[str] = set()
        for index in sorted((self.folder / "index").glob("shard-*.parquet")):
            self._add(index)

    def has(self, audio: str) -> bool:
        """Whether the features of the sound with this digest are here."""
        return audio in self._audio

    def read(self, audio: str, kind: str) -> np.ndarray | None:
        """Features of one sound.

        Args:
            audio: Digest of the sound.
            kind: Which of its arrays.

        Returns:
            (frames, ...) as written; None where the sound has no array of that kind.

        Raises:
            KeyError: The sound is not in the store.
        """
        if not self.has(audio):
            raise KeyError(f"{self.folder}: no features of the sound {audio}")
        place = self._places.get((audio, kind))
        if place is None:
            return None
        shard, start, frames = place
        return self._shards[shard].get_slice(kind)[start : start + frames]

    def _add(self, index: Path) -> None:
        try:
            shard = safe_open(self.folder / f"{index.stem}.safetensors", framework="numpy")
            table = pd.read_parquet(index)
        except (OSError, SafetensorError, ValueError) as error:
            logger.warning("%s is damaged and will be computed again: %s", index.stem, error)
            index.unlink(missing_ok=True)
            return
        self._shards[index.stem] = shard
        for audio, kind, start, frames in table[INDEX_COLUMNS].itertuples(index=False):
            self._places[audio, kind] = (index.stem, start, frames)
            self._audio.add(audio)


def write_shard(folder: Path, items: Mapping[str, Item]) -> None:
    """Writes one shard and then its index, each whole or not at all.

    Args:
        folder: A store's.
        items: By audio digest; at least one.
    """
    name = "shard-" + hashlib.sha256("".join(sorted(items)).encode()).hexdigest()[:16]
    arrays: dict[str, list[np.ndarray]] = {}
    rows = []
    for audio in sorted(items):
        for kind, array in sorted(items[audio].items()):
            earlier = arrays.setdefault(kind, [])
            rows.append((audio, kind, sum(map(len, earlier)), len(array)))
            earlier.append(array)
    with written_whole(folder / f"{name}.safetensors") as temporary:
        save_file({kind: np.concatenate(parts) for kind, parts in arrays.items()}, temporary)
    with written_whole(folder / "index" / f"{name}.parquet") as temporary:
        pd.DataFrame(rows, columns=INDEX_COLUMNS).to_parquet(temporary)
