"""From recordings to features in the store, on all cores, whatever the features are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from tqdm import tqdm

from projects.audio.decode import RecordingError
from projects.audio.digests import audio_digests
from projects.audio.store import FeatureStore, Item, write_shard
from projects.parallel import FanOut

SHARD_ITEMS = 1000
SHARDS_A_WORKER = 8
"""So that a small set still spreads over the workers and shows progress."""

UNREADABLE = "no such file, or it cannot be read"


class Extractor(Protocol):
    """Anything that makes features of recordings; it travels to the workers.

    Attributes:
        name: Of the features, for people's eyes.
        settings: All that the features depend on besides the sound; JSON values.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def settings(self) -> Mapping[str, Any]: ...  # noqa: D102

    def features(self, paths: Mapping[str, Path]) -> tuple[dict[str, Item], dict[str, str]]:
        """Arrays of the recordings that could be used, and the reasons of the others.

        Args:
            paths: By audio digest.
        """


@dataclass(frozen=True)
class FeatureSet:
    """The features of a manifest.

    Attributes:
        store: Holds them.
        recordings: The manifest's rows whose features are there, with their `audio` digest.
        failures: The other rows: recording_id, path, error.
        done: How many of the recordings were computed now.
    """

    store: FeatureStore
    recordings: pd.DataFrame
    failures: pd.DataFrame
    done: int

    @property
    def cached(self) -> int:
        """How many of the recordings were found in the store."""
        return len(self.recordings) - self.done

    def summary(self) -> str:
        """One line, and one more for each failure."""
        counts = f"features: {self.done} done, {self.cached} cached, {len(self.failures)} failed"
        return "\n".join(
            [counts, *(f"  failed: {row.path}: {row.error}" for row in self.failures.itertuples())]
        )


def extract(
    manifest: pd.DataFrame, extractor: Extractor, root: Path, fan_out: FanOut
) -> FeatureSet:
    """Computes what of a manifest's features is not in the store yet.

    A recording that fails is named with its reason and not stored; it is tried again next
    time. Killed at any moment, the same call goes on with the shards that are not written.

    Args:
        manifest: One row a recording.
        extractor: What to compute.
        root: Folder of all stores.
        fan_out: Where to compute it.

    Raises:
        RecordingError: Not one recording could be used.
    """
    store = FeatureStore(root, extractor.name, extractor.settings)
    recordings = manifest.assign(audio=audio_digests([Path(path) for path in manifest["path"]]))
    missing = recordings[[not store.has(audio) for audio in recordings["audio"]]]
    errors = _compute(missing.dropna(subset="audio"), extractor, store, fan_out)
    store.refresh()
    there = np.array([store.has(audio) for audio in recordings["audio"]])
    reasons = [errors.get(audio, UNREADABLE) for audio in recordings["audio"][~there]]
    failures = recordings.loc[~there, ["recording_id", "path"]].assign(error=reasons)
    if not there.any():
        raise RecordingError(
            f"not one of {len(manifest)} recordings could be used; the first: "
            f"{failures['path'].iloc[0]}: {reasons[0]}"
        )
    done = len(missing) - len(failures)
    return FeatureSet(store, recordings[there].reset_index(drop=True), failures, done)


@dataclass(frozen=True)
class _Shard:
    folder: Path
    extractor: Extractor
    paths: dict[str, Path]


def _compute(
    missing: pd.DataFrame, extractor: Extractor, store: FeatureStore, fan_out: FanOut
) -> dict[str, str]:
    paths = {row.audio: Path(row.path) for row in missing.itertuples()}
    size = min(SHARD_ITEMS, max(1, -(-len(paths) // (fan_out.width * SHARDS_A_WORKER))))
    audio = list(paths)
    shards = [
        _Shard(store.folder, extractor, {key: paths[key] for key in audio[start : start + size]})
        for start in range(0, len(audio), size)
    ]
    errors: dict[str, str] = {}
    with tqdm(total=len(paths), desc="features", unit="recording", disable=not paths) as bar:
        for shard, failed in fan_out.run(_compute_shard, shards):
            errors |= failed
            bar.update(len(shard.paths))
    return errors


def _compute_shard(shard: _Shard) -> dict[str, str]:
    items, errors = shard.extractor.features(shard.paths)
    if items:
        write_shard(shard.folder, items)
    return errors
