"""Entry point: the codec alone at every bandwidth, beside mel + Griffin-Lim."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
import pandas as pd
from pydantic import Field

from evaluation.evaluation import as_dataset
from evaluation.figures.rate_distortion import rate_distortion
from evaluation.unseen import unseen
from projects.audio.digests import with_digests
from projects.audio.manifest import dataset_digest
from projects.codec.clips import Cutting
from projects.codec.data import SoundConfig
from projects.codec.listening import clips_to_hear, write_sounds
from projects.codec.load import BUNDLED, load_codec
from projects.codec.rate_distortion import RateDistortion
from projects.codec.rate_distortion_report import figure_table, rate_distortion_report
from projects.codec.score_clips import score_clips
from projects.errors import UserError
from projects.tracking import run_entry_point

NAME = "evaluation"
"""Prefix of the metrics and folder of the artifacts."""

HEARD = 3


class EvaluateCodecConfig(SoundConfig):
    """Measures what a codec keeps of sound at each of its bandwidths."""

    codec: str = Field(BUNDLED, description="bundled, a folder or a hub id")
    clip_seconds: float = Field(10.0, ge=1, le=20, description="longer recordings are cut")
    clips_a_recording: int = Field(12, ge=1, description="at most, spread evenly over it")


def evaluate_codec(config: EvaluateCodecConfig) -> None:
    """Scores the codec on recordings that it was not trained on, logs and prints what came.

    Raises:
        UserError: The codec has heard all of the recordings, none can be read, or what it gives
            back has not one score.
    """
    codec = load_codec(config.codec)
    manifest = with_digests(config.manifest())
    recordings = unseen(codec.seen_audio, manifest, "the codec")
    cutting = Cutting(config.clip_seconds, config.clips_a_recording)
    clips, unread = score_clips(codec, recordings, cutting, config.fan_out)
    measured = RateDistortion.gather(codec, clips)
    digest = dataset_digest(recordings)
    mlflow.set_tag("codec.digest", codec.digest)
    _log_metrics(measured, unread, recordings, digest)
    _log_tables(measured, unread)
    heard = clips_to_hear(codec, measured, clips, HEARD)
    with TemporaryDirectory() as folder:
        write_sounds(codec, heard, cutting, Path(folder))
        mlflow.log_artifacts(folder, f"{NAME}/audio")
    facts = [
        f"codec digest: `{codec.digest}`",
        f"dataset digest: `{digest}`",
        f"left out: {len(manifest) - len(recordings)} recordings that the codec was trained on",
        f"read: {len(recordings) - len(unread)} of {len(recordings)} recordings",
        f"to hear, worst first: {', '.join(clip.item for clip in heard) or 'none'}",
    ]
    title = f"{config.codec} on {config.data or 'the simulated study'}"
    report = rate_distortion_report(title, measured, unread, facts)
    mlflow.log_text(report, f"{NAME}/report.md")
    print(report)
    _log_figure(measured)


def _log_metrics(
    measured: RateDistortion, unread: Mapping[str, str], recordings: pd.DataFrame, digest: str
) -> None:
    values: dict[str, float] = {
        f"{NAME}.recordings": len(recordings) - len(unread),
        f"{NAME}.failed": len(unread),
        f"{NAME}.unscored": len(measured.unscored),
    }
    for system, numbers in measured.table.set_index("system").iterrows():
        values |= {f"{NAME}.{system}.{name}": value for name, value in numbers.dropna().items()}
    dataset = as_dataset(recordings, NAME, digest)
    mlflow.log_input(dataset, context=NAME)
    mlflow.log_metrics(values, dataset=dataset)


def _log_tables(measured: RateDistortion, unread: Mapping[str, str]) -> None:
    columns = {"item": list(unread), "metric": "all", "reason": list(unread.values())}
    failures = pd.concat(
        [pd.DataFrame({"system": "all", **columns}), measured.unscored], ignore_index=True
    )
    for name, table in (
        ("clips", measured.clips),
        ("rate_distortion", measured.table),
        ("failures", failures),
    ):
        mlflow.log_text(table.to_csv(index=False), f"{NAME}/{name}.csv")


def _log_figure(measured: RateDistortion) -> None:
    drawn = figure_table(measured)
    if drawn["kbps"].isna().all():
        reason = measured.unscored["reason"].iloc[0]
        raise UserError(f"not one clip from the codec could be scored; the first: {reason}")
    mlflow.log_figure(rate_distortion(drawn), f"{NAME}/rate_distortion.png")


if __name__ == "__main__":
    run_entry_point(EvaluateCodecConfig, evaluate_codec, experiment="codec")
