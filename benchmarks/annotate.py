"""Annotation of long recordings: what it finds and misses, how fast, and in how much memory.

The recordings are a synthetic soundscape of the demo aviary's species, whose times are known, and
the first part of it; so the model must be one that was trained on the demo, by another microphone
and on other birds. Each is annotated by the entry point with its default settings in a process of
its own. Linux only, for the peak of the memory is read from /proc.
"""

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from pydantic import Field

from benchmarks.measuring import ratio_line, run_benchmark
from evaluation.bootstrap import Interval, group_interval
from evaluation.markdown import interval_cells, markdown_table
from projects.audio.aviary.soundscape import Call, Soundscape, write_soundscape
from projects.config import Config
from projects.errors import UserError
from projects.species.annotation import Annotation

SHARE = 6
"""The short recording is the first sixth of the long one."""

GLANCE_SECONDS = 0.05


class AnnotateBenchmarkConfig(Config):
    """Measures `annotate` on a synthetic soundscape."""

    minutes: int = Field(
        60, ge=2 * SHARE, le=1440, multiple_of=SHARE, description="of the long one"
    )
    seed: int = Field(
        2, ge=0, description="of the soundscape; the defaults were chosen on 1 and 3 to 6"
    )
    model: str = Field("models:/species-classifier@champion", description="trained on the demo")


@dataclass(frozen=True)
class Listened:
    """How the entry point fared on one recording.

    Attributes:
        minutes: Length of the recording.
        seconds: Wall-clock time, the start of Python and the loading of the model included.
        mebibytes: Peak of the resident memory.
    """

    minutes: int
    seconds: float
    mebibytes: float

    @property
    def speed(self) -> float:
        """Seconds of sound a second."""
        return 60 * self.minutes / self.seconds


def measure(config: AnnotateBenchmarkConfig) -> None:
    """Synthesises both recordings, annotates them, and prints what came of it and the ratio."""
    with TemporaryDirectory() as temporary:
        folder, listened = Path(temporary), []
        for minutes in (config.minutes // SHARE, config.minutes):
            calls = write_soundscape(folder / "scape.flac", Soundscape(minutes, config.seed))
            listened.append(_annotate(folder, minutes, config.model))
        table = pd.read_csv(folder / "annotations.csv").drop(columns="file")
    annotations = [Annotation(*row) for row in table.itertuples(index=False)]
    print(
        f"data: {config.minutes} min of synthetic soundscape, seed {config.seed}: {len(calls)} "
        f"calls, {len(annotations)} annotations; intervals: 95 %, bootstrap over minutes\n"
    )
    shifted = _later(annotations, 60 * config.minutes)
    rows = [
        [name, *interval_cells(precision(each, calls)), *interval_cells(recall(each, calls))]
        for name, each in {"annotate": annotations, "half as long later": shifted}.items()
    ]
    print(markdown_table(["annotations", "precision", "95 %", "recall", "95 %"], rows))
    print()
    rows = [
        [f"{each.minutes} min", f"{each.seconds:.1f}", f"{each.speed:.1f}", f"{each.mebibytes:.0f}"]
        for each in listened
    ]
    print(markdown_table(["recording", "s", "s of sound/s", "peak MiB"], rows))
    print()
    print(ratio_line(listened[-1].speed, 1.0, "s of sound/s, annotate / real time"))


def precision(annotations: Sequence[Annotation], calls: Sequence[Call]) -> Interval:
    """Share of the annotations that overlap a call of their species."""
    right = [any(_same(each, call) for call in calls) for each in annotations]
    return _share(right, [each.start for each in annotations])


def recall(annotations: Sequence[Annotation], calls: Sequence[Call]) -> Interval:
    """Share of the calls that an annotation of their species overlaps."""
    found = [any(_same(each, call) for each in annotations) for call in calls]
    return _share(found, [call.start for call in calls])


def _same(annotation: Annotation, call: Call) -> bool:
    overlap = annotation.start < call.end and call.start < annotation.end
    return overlap and annotation.species == call.species


def _share(flags: Sequence[bool], starts: Sequence[float]) -> Interval:
    if not flags:
        return Interval(float("nan"))
    values = np.array(flags, dtype=float)
    minutes = [str(int(start // 60)) for start in starts]
    return group_interval(lambda weights: weights @ values / weights.sum(1), minutes, 1000, 0.95, 0)


def _later(annotations: Sequence[Annotation], seconds: float) -> list[Annotation]:
    """The same at half the recording's length later, round its end: what chance would give."""
    starts = [(each.start + seconds / 2) % seconds for each in annotations]
    return [
        replace(each, start=start, end=start + each.end - each.start)
        for each, start in zip(annotations, starts, strict=True)
    ]


def _annotate(folder: Path, minutes: int, model: str) -> Listened:
    command = [sys.executable, "-m", "projects.species.annotate", "--model", model]
    command += ["--audio", str(folder / "scape.flac"), "--out", str(folder)]
    started, peak = time.perf_counter(), 0.0
    with (folder / "said.txt").open("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        while process.poll() is None:
            peak = max(peak, _peak_mebibytes(process.pid))
            time.sleep(GLANCE_SECONDS)
        seconds = time.perf_counter() - started
        said.seek(0)
        if process.returncode:
            raise UserError(f"annotate failed: {said.read().strip().splitlines()[-1]}")
    return Listened(minutes, seconds, peak)


def _peak_mebibytes(process: int) -> float:
    """What the process has held at most until now; 0 where it is just ending."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) / 1024 if peak else 0.0


if __name__ == "__main__":
    run_benchmark(AnnotateBenchmarkConfig, measure)
