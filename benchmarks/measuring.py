"""What every benchmark does: read its options, name the machine, time things side by side."""

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from projects.config import Config
from projects.errors import UserError

C = TypeVar("C", bound=Config)


def run_benchmark(config: type[C], body: Callable[[C], None]) -> None:
    """Parses the command line, names the machine and measures; a user's mistake is one line."""
    try:
        settings = config.parse(sys.argv[1:])
        print(f"machine: {machine_line()}")
        body(settings)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def machine_line() -> str:
    """Cores, processor, and the load of the last minute, which should be near 0."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {_processor()}, load {load:.1f} before the start"


def median_seconds(jobs: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Times jobs in turn, so that a busy moment of the machine strikes all alike.

    Args:
        jobs: By name. Each is run once more before, untimed, to warm up.
        repeats: Timed rounds.

    Returns:
        Median wall-clock seconds by name.
    """
    for job in jobs.values():
        job()
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def ratio_line(ours: float, theirs: float, what: str) -> str:
    """The last line of a benchmark, as `ratio 3.42 recordings/s, syrinx / librosa`."""
    return f"ratio {ours / theirs:.2f} {what}"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
