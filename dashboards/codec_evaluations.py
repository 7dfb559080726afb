"""What runs of `-e evaluate_codec` measured, newest first."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST

from dashboards.readers import check_runs, readable_experiments
from dashboards.untrusted import moment_of
from evaluation.bootstrap import Interval
from evaluation.quality.metrics import QUALITY

PREFIX, RATE = "evaluation.", ".kbps"
"""Around a system's name in the metric that is its bitrate, see `projects.codec.evaluate_codec`."""

ORIGINAL, MEL = "original", "mel"
"""Among the sounds; the latter is the baseline."""

CODEC = "codec.digest"
"""Tag of such a run."""

LISTED = 50
"""Evaluations that are listed at most."""


@dataclass(frozen=True)
class System:
    """A codec at one bitrate, or the baseline.

    Attributes:
        name: As the run has it: `6kbps`, or `mel`.
        kbps: What it stores, kilobits a second of sound.
        entropy_kbps: What its codes carry, None where it has none.
        metrics: Name to mean with its interval, where any clip has it.
    """

    name: str
    kbps: float
    entropy_kbps: float | None
    metrics: Mapping[str, Interval]


@dataclass(frozen=True, eq=False)
class CodecEvaluation:
    """One run.

    Attributes:
        run: That it is.
        dataset: Digest of its recordings, empty where it is not known.
        systems: Those at the lowest bitrate first.
    """

    run: Run
    dataset: str
    systems: tuple[System, ...]

    @property
    def run_id(self) -> str:
        """Of the run."""
        return str(self.run.info.run_id)

    @property
    def codec(self) -> str:
        """Digest of the codec."""
        return str(self.run.data.tags.get(CODEC, ""))

    @property
    def made(self) -> datetime:
        """When it was begun."""
        return moment_of(self.run.info.start_time)

    def count(self, what: str) -> int | None:
        """How many `recordings` it read, `failed` to read, or scores are missing (`unscored`)."""
        found = self.run.data.metrics.get(PREFIX + what)
        return None if found is None or not math.isfinite(found) else int(found)


def codec_evaluations() -> list[CodecEvaluation]:
    """Those that the asker may read, at most `LISTED`."""
    measured = f"metrics.`{PREFIX}{MEL}{RATE}` > 0"
    runs = MlflowClient().search_runs(readable_experiments(), measured, max_results=LISTED)
    return [_evaluation(run) for run in runs]


def codec_evaluation(run_id: str) -> CodecEvaluation:
    """One of them.

    Raises:
        MlflowException: There is no such run, it evaluates no codec, or the asker may not read it.
    """
    run = MlflowClient().get_run(run_id)
    check_runs(run.info.experiment_id)
    found = _evaluation(run)
    if not found.systems:
        raise MlflowException(
            f"run: expected one of -e evaluate_codec, got {run_id}: choose one of the list",
            RESOURCE_DOES_NOT_EXIST,
        )
    return found


def _evaluation(run: Run) -> CodecEvaluation:
    values = run.data.metrics
    systems = sorted((_system(name, values) for name in _names(values)), key=lambda each: each.kbps)
    digests = [each.dataset.digest for each in run.inputs.dataset_inputs]
    return CodecEvaluation(run, digests[0] if digests else "", tuple(systems))


def _names(values: Mapping[str, float]) -> list[str]:
    return [
        key.removeprefix(PREFIX).removesuffix(RATE)
        for key, kbps in values.items()
        # A logarithmic axis has no place for other rates.
        if key.startswith(PREFIX) and key.endswith(RATE) and 0 < kbps < math.inf
    ]


def _system(name: str, values: Mapping[str, float]) -> System:
    def value(key: str) -> float | None:
        return values.get(f"{PREFIX}{name}.{key}")

    metrics = {
        metric: Interval(measured, value(f"{metric}.lower"), value(f"{metric}.upper"))
        for metric in QUALITY
        if (measured := value(metric)) is not None
    }
    return System(name, values[PREFIX + name + RATE], value("entropy_kbps"), metrics)
