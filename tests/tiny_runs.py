"""Recordings of synthetic speech, and a training of an autoencoder on them that takes a second."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import mlflow
import numpy as np
import pandas as pd
import soundfile
from tiny_codec import speech

from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.study.settings import SAMPLE_RATE
from projects.studies.codec_trials import Trained, prepare_codec
from projects.studies.engine.question import Report

LONG = 90.0
"""Seconds: 60 TRs, of which two gaps of 22 leave 8 for training and 4 for either other side."""

VALIDATION_STARTS, TEST_STARTS = 45.0, 84.0
"""Seconds into a long run, as `tiny_config` splits it into blocks; validation takes 6 s."""

T = TypeVar("T")


def no_report(values: object, step: int) -> None:
    """A report that nobody listens to."""


def long_samples() -> np.ndarray:
    """Some speech, said again and again for `LONG` seconds."""
    once = speech(13)
    samples = np.tile(once, int(LONG * SAMPLE_RATE / len(once)) + 1)
    return samples[: round(LONG * SAMPLE_RATE)]


def write_csv(folder: Path, sounds: dict[str, np.ndarray], **columns: Sequence[str]) -> Path:
    """Writes recordings, each of a speaker of its own, and the list of them."""
    for name, samples in sounds.items():
        soundfile.write(folder / name, samples, SAMPLE_RATE)
    table = pd.DataFrame({"path": list(sounds), "speaker": list(sounds), **columns})
    table.to_csv(folder / "recordings.csv", index=False)
    return folder / "recordings.csv"


def tiny_config(data: Path, codec: Path, **changes: object) -> TrainAutoencoderConfig:
    """Two codebooks, a few thousand weights, two epochs, a clip of 3 s a recording."""
    return TrainAutoencoderConfig.validated(
        {
            "format": "csv",
            "group": "speaker",
            "data": str(data),
            "codec": str(codec),
            "bandwidth": 1.5,
            "embedding_size": 4,
            "bottleneck": 16,
            "width": 4,
            "epochs": 2,
            "batch_size": 4,
            "workers": 1,
            "test_fraction": 0.25,
            "validation_fraction": 0.25,
            "clip_seconds": 3,
            "clips_a_recording": 1,
            **changes,
        }
    )


def tried(
    config: TrainAutoencoderConfig,
    measure: Callable[[Trained], T] = lambda trained: trained,  # type: ignore[assignment,return-value]
    report: Report = no_report,
) -> T:
    """What a trial of a study that measures so comes to, or the training itself."""
    with mlflow.start_run():
        prepared = prepare_codec(measure, config)  # type: ignore[arg-type]
        return prepared.try_out(config, report)  # type: ignore[return-value]
