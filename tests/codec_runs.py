"""Runs of `-e evaluate_codec`, without a codec."""

from pathlib import Path

import numpy as np
import soundfile
from mlflow import MlflowClient
from mlflow.entities import Metric

RATES = {"1.5kbps": 1.5, "6kbps": 6.0, "mel": 153.6}


def evaluated(client: MlflowClient, experiment: str, pesq: float, clip: str = "a_clip") -> str:
    """A run as of `-e evaluate_codec`, with a clip of that name of two systems."""
    run = client.create_run(experiment, run_name=f"<b>{pesq}", tags={"codec.digest": "c" * 16})
    values = {"recordings": 3.0, "failed": 0.0, "unscored": 1.0}
    for place, (system, kbps) in enumerate(RATES.items()):
        values |= {f"{system}.kbps": kbps, f"{system}.pesq_wb": pesq + place}
        values |= {f"{system}.pesq_wb.lower": pesq + place - 0.1}
        values |= {f"{system}.pesq_wb.upper": pesq + place + 0.2}
    values |= {"0kbps.kbps": 0.0, "6kbps.si_sdr": float("nan")}
    metrics = [Metric(f"evaluation.{name}", value, 0, 0) for name, value in values.items()]
    client.log_batch(run.info.run_id, metrics)
    folder = Path(run.info.artifact_uri.removeprefix("file://")) / "evaluation/audio"
    folder.mkdir(parents=True)
    for name in (f"1-{clip}-original", f"1-{clip}-6kbps", f"1-{clip}-mel", "notes", "2-alone-mel"):
        soundfile.write(folder / f"{name}.flac", np.zeros(2400), 24_000)
    return str(run.info.run_id)
