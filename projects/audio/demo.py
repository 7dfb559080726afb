"""The demo aviary as a manifest: synthetic recordings, made where they are missing."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from projects.audio.aviary import Aviary, plan_recordings, write_catalogue, write_recording
from projects.audio.readers import read_csv
from projects.parallel import FanOut

CHUNK = 8
"""Recordings synthesised in one job."""


@dataclass(frozen=True)
class _Chunk:
    folder: Path
    aviary: Aviary
    rows: list[dict[str, Any]]


def read_demo(root: Path, aviary: Aviary, fan_out: FanOut) -> pd.DataFrame:
    """Synthesises what is missing of the demo aviary and reads its manifest.

    Args:
        root: Folder of all aviaries; each has its own, named by its settings.
        aviary: How many species and recordings, and the seed.
        fan_out: Where to synthesise.

    Returns:
        A manifest grouped by recordist.
    """
    digest = hashlib.sha256(repr(aviary).encode()).hexdigest()[:8]
    folder = root / f"aviary-{digest}"
    if not (folder / "aviary.csv").exists():
        _synthesise(folder, aviary, fan_out)
    return read_csv(folder / "aviary.csv", group="rec")


def _synthesise(folder: Path, aviary: Aviary, fan_out: FanOut) -> None:
    plan = plan_recordings(aviary)
    rows = plan.to_dict("records")
    chunks = [_Chunk(folder, aviary, rows[i : i + CHUNK]) for i in range(0, len(rows), CHUNK)]
    with tqdm(total=len(rows), desc="demo aviary (synthetic)", unit="recording") as bar:
        for chunk, _ in fan_out.run(_write_chunk, chunks):
            bar.update(len(chunk.rows))
    write_catalogue(folder, plan)


def _write_chunk(chunk: _Chunk) -> None:
    for row in chunk.rows:
        write_recording(chunk.folder, chunk.aviary, row)
