"""From recordings to features in the store, on all cores."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from projects.audio.decode import RecordingError, decode
from projects.audio.digests import audio_digests
from projects.audio.store import FeatureStore, write_shard
from projects.parallel import FanOut
from projects.species.front_ends.front_end import BACKGROUND, SEGMENT, VERSION, FrontEnd

SHARD_ITEMS = 1000
SHARDS_A_WORKER = 8
"""So that a small set still spreads over the workers and shows progress."""

UNREADABLE = "no such file, or it cannot be read"


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


def extract_features(
    manifest: pd.DataFrame, front_end: FrontEnd, root: Path, fan_out: FanOut
) -> FeatureSet:
    """Computes what of a manifest's features is not in the store yet.

    A recording that fails is named with its reason and not stored; it is tried again next
    time. Killed at any moment, the same call goes on with the shards that are not written.

    Args:
        manifest: One row a recording.
        front_end: What to compute.
        root: Folder of all stores.
        fan_out: Where to compute it.

    Raises:
        RecordingError: Not one recording could be used.
    """
    settings = {**front_end.model_dump(), "version": VERSION}
    store = FeatureStore(root, front_end.name, settings)
    recordings = manifest.assign(audio=audio_digests([Path(path) for path in manifest["path"]]))
    missing = recordings[[not store.has(audio) for audio in recordings["audio"]]]
    errors = _compute(missing.dropna(subset="audio"), front_end, store, fan_out)
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
    front_end: FrontEnd
    paths: dict[str, str]


def _compute(
    missing: pd.DataFrame, front_end: FrontEnd, store: FeatureStore, fan_out: FanOut
) -> dict[str, str]:
    paths = dict(zip(missing["audio"], missing["path"], strict=True))
    size = min(SHARD_ITEMS, max(1, -(-len(paths) // (fan_out.width * SHARDS_A_WORKER))))
    audio = list(paths)
    shards = [
        _Shard(store.folder, front_end, {key: paths[key] for key in audio[start : start + size]})
        for start in range(0, len(audio), size)
    ]
    errors: dict[str, str] = {}
    with tqdm(total=len(paths), desc="features", unit="recording", disable=not paths) as bar:
        for shard, failed in fan_out.run(_compute_shard, shards):
            errors |= failed
            bar.update(len(shard.paths))
    return errors


def _compute_shard(shard: _Shard) -> dict[str, str]:
    errors: dict[str, str] = {}
    items: dict[str, dict[str, np.ndarray]] = {}
    for audio, path in shard.paths.items():
        try:
            items[audio] = _features(shard.front_end, Path(path))
        except RecordingError as error:
            errors[audio] = str(error)
    if items:
        write_shard(shard.folder, items)
    return errors


def _features(front_end: FrontEnd, path: Path) -> dict[str, np.ndarray]:
    samples = front_end.prepared(decode(path))
    waveforms = {
        SEGMENT: front_end.most_active_segment(samples),
        BACKGROUND: front_end.background(samples),
    }
    # One at a time: a batch's spectra would not fit in the processor's cache.
    return {
        kind: front_end.log_energies(torch.from_numpy(waveform)[None])[0].half().numpy()
        for kind, waveform in waveforms.items()
        if waveform is not None
    }
