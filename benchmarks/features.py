"""Log-mel features: recordings a second, beside librosa with equal output on the same cores.

Every pipeline reads the same files and leaves its features on disk, in the same run. Before any
time is taken all of them have run once, so worker start, imports and the page cache's filling
count for none, and the outputs have been found equal.

A quarter of ESC-50's animal clips hold digital silence, over which scipy's filter crawls through
denormal numbers unless they are flushed to 0. Syrinx flushes them and plain librosa pays; a line
of its own shows librosa with them flushed.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
import torch
from pydantic import Field

from benchmarks.librosa_pipeline import Files, save_features
from benchmarks.measuring import median_seconds, ratio_line, run_benchmark
from evaluation.markdown import markdown_table
from projects.audio.extraction import SHARDS_A_WORKER, FeatureSet
from projects.audio.readers import read_csv
from projects.audio.source import DataConfig
from projects.parallel import FanOut
from projects.species.features import extract_features
from projects.species.front_ends.front_end import SEGMENT
from projects.species.front_ends.log_mel import LogMel

DEFAULT_DATA = Path("../shared/data/esc_animals")
EQUAL = 1e-3
"""Largest difference, as a share of the normalised features' range; float16 alone takes 4e-4."""

OURS, PLAIN, FLUSHED, SERIAL, DECODING = (
    "syrinx",
    "librosa, fanned out",
    "librosa, fanned out, denormals flushed",
    "librosa, serial loop",
    "decoding alone, fanned out",
)


class FeaturesConfig(DataConfig):
    """Measures the log-mel front end beside librosa."""

    repeats: int = Field(5, ge=1, description="timed rounds, of which the median is taken")

    def recordings(self) -> pd.DataFrame:
        """The manifest; without `data`, that of ESC-50's animals where they lie."""
        if self.data is None and DEFAULT_DATA.exists():
            return read_csv(DEFAULT_DATA, group="source")
        return self.manifest()


def measure(config: FeaturesConfig) -> None:
    """Checks that all pipelines give the same, times them and prints the ratios."""
    manifest = config.recordings()
    with tempfile.TemporaryDirectory() as folder:
        usable = _check_equal(manifest, config.fan_out, Path(folder))
    seconds = median_seconds(_pipelines(usable, config.fan_out), config.repeats)
    print(
        f"measured: median of {config.repeats} rounds in turn, after one to warm up; "
        f"{config.fan_out.width} workers\n"
    )
    speeds = {name: len(usable) / value for name, value in seconds.items()}
    rows = [[name, f"{speed:.1f}"] for name, speed in speeds.items()]
    print(markdown_table(["pipeline", "recordings/s"], rows))
    print()
    for name in (DECODING, FLUSHED, SERIAL, PLAIN):
        print(ratio_line(speeds[OURS], speeds[name], f"recordings/s, syrinx / {name}"))


def _pipelines(recordings: pd.DataFrame, fan_out: FanOut) -> dict[str, Callable[[], object]]:
    everywhere, here = fan_out, FanOut(workers=1)
    return {
        OURS: lambda: _in_fresh_folder(lambda f: _syrinx(recordings, everywhere, f)),
        PLAIN: lambda: _in_fresh_folder(lambda f: _librosa(recordings, everywhere, f)),
        FLUSHED: lambda: _in_fresh_folder(lambda f: _librosa(recordings, everywhere, f, True)),
        SERIAL: lambda: _in_fresh_folder(lambda f: _librosa(recordings, here, f)),
        DECODING: lambda: list(everywhere.run(_decode, list(_chunks(recordings, everywhere)))),
    }


def _in_fresh_folder(pipeline: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pipeline(Path(folder))


def _syrinx(recordings: pd.DataFrame, fan_out: FanOut, folder: Path) -> FeatureSet:
    return extract_features(recordings, LogMel(), folder, fan_out)


def _librosa(
    recordings: pd.DataFrame, fan_out: FanOut, folder: Path, flush_denormals: bool = False
) -> None:
    jobs = [Files(paths, folder, flush_denormals) for paths in _chunks(recordings, fan_out)]
    list(fan_out.run(save_features, jobs))


def _decode(paths: dict[str, str]) -> None:
    for path in paths.values():
        soundfile.read(path, dtype="float32")


def _chunks(recordings: pd.DataFrame, fan_out: FanOut) -> Iterator[dict[str, str]]:
    """As many jobs as Syrinx makes; recordings are named by their place."""
    size = max(1, -(-len(recordings) // (fan_out.width * SHARDS_A_WORKER)))
    for start in range(0, len(recordings), size):
        chunk = recordings["path"].iloc[start : start + size]
        yield {str(start + place): path for place, path in enumerate(chunk)}


def _check_equal(manifest: pd.DataFrame, fan_out: FanOut, folder: Path) -> pd.DataFrame:
    features = _syrinx(manifest, fan_out, folder)
    usable = features.recordings
    _librosa(usable, fan_out, folder)
    differences = [
        _difference(features.store.read(audio, SEGMENT), np.load(folder / f"{place}.npy"))
        for place, audio in enumerate(usable["audio"])
    ]
    worst = int(np.argmax(differences))
    assert differences[worst] <= EQUAL, f"{usable['path'][worst]}: off by {differences[worst]:.2g}"
    seconds = sum(soundfile.info(path).duration for path in usable["path"])
    print(
        f"data: {len(usable)} recordings, {seconds:.0f} s, in {Path(usable['path'][0]).parent}; "
        f"{len(features.failures)} more were unusable\n"
        f"equal: the outputs differ by at most {differences[worst]:.1e} of their range"
    )
    return usable


def _difference(stored: np.ndarray | None, reference: np.ndarray) -> float:
    assert stored is not None
    ours = LogMel().normalised(torch.from_numpy(stored).float()[None])[0].numpy()
    return float(np.abs(ours - reference.T).max() / np.ptp(reference))


if __name__ == "__main__":
    run_benchmark(FeaturesConfig, measure)
