"""Haemodynamic convolution of embedded codes, beside a loop of scipy.signal.convolve.

Both give the same float32 array from the same (TRs, codebooks, frames, dimensions) float32 array,
in one process; the loop runs over every series, none is extrapolated. Its convolution is asked
for as the direct one, which saves scipy choosing anew for each series.
"""

import resource

import numpy as np
import torch
from pydantic import Field
from scipy.signal import convolve

from benchmarks.measuring import median_seconds, ratio_line, run_benchmark
from evaluation.markdown import markdown_table
from projects.codec.hrf import convolve_hrf, hrf_kernel
from projects.config import Config

OURS, LOOP = "syrinx", "scipy.signal.convolve loop"
EQUAL = 1e-5
"""Largest difference between the outputs, of features whose deviation is 1."""


class HrfConfig(Config):
    """Measures the haemodynamic convolution of embedded codes."""

    trs: int = Field(920, ge=1, description="TRs; 920 of 1.5 s are 23 minutes")
    tr: float = Field(1.5, ge=0.2, le=10, description="repetition time, s")
    codebooks: int = Field(8, ge=1, le=32, description="codebooks; 8 are 6 kbit/s")
    frames: int = Field(112, ge=1, description="frames in a TR")
    dimensions: int = Field(64, ge=1, description="of an embedding")
    repeats: int = Field(3, ge=1, description="timed rounds, of which the median is taken")


def measure(config: HrfConfig) -> None:
    """Checks that both give the same, times them and prints the ratio."""
    shape = (config.trs, config.codebooks, config.frames, config.dimensions)
    features = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    count = features[0].size
    difference = _difference(features, config.tr)
    assert difference <= EQUAL, f"the outputs differ by {difference:.2g}"
    seconds = median_seconds(
        {
            OURS: lambda: convolve_hrf(features, config.tr),
            LOOP: lambda: _loop(features, config.tr),
        },
        config.repeats,
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"data: random, {shape} float32, {features.nbytes / 1e6:.0f} MB: {count} series\n"
        f"equal: the outputs differ by at most {difference:.1e}\n"
        f"measured: median of {config.repeats} rounds in turn, after one to warm up; all {count} "
        f"series by both; {torch.get_num_threads()} threads, of which the loop uses one; "
        f"{memory:.2f} GB of memory at the most\n"
    )
    rows = [[name, f"{value:.3f}", f"{count / value:.0f}"] for name, value in seconds.items()]
    print(markdown_table(["way", "s", "series/s"], rows))
    print()
    print(ratio_line(count / seconds[OURS], count / seconds[LOOP], f"series/s, {OURS} / {LOOP}"))


def _loop(features: np.ndarray, tr: float) -> np.ndarray:
    kernel = hrf_kernel(tr)
    series = features.reshape(len(features), -1)
    convolved = np.empty_like(series)
    for place in range(series.shape[1]):
        whole = convolve(series[:, place], kernel, method="direct")
        convolved[:, place] = whole[: len(series)]
    return convolved.reshape(features.shape)


def _difference(features: np.ndarray, tr: float) -> float:
    ours, theirs = convolve_hrf(features, tr), _loop(features, tr)
    np.subtract(ours, theirs, out=ours)
    return float(np.abs(ours, out=ours).max())


if __name__ == "__main__":
    run_benchmark(HrfConfig, measure)
