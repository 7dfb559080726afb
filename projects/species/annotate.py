"""Entry point: what sings when in long recordings, as tables for Raven and as a CSV."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import mlflow
import pandas as pd
from pydantic import Field
from tqdm import tqdm

from evaluation.markdown import markdown_table
from evaluation.scoring import load_model
from projects.audio.atomic import write_text
from projects.audio.decode import RecordingError
from projects.audio.readers import AUDIO_SUFFIXES
from projects.audio.stretches import seconds_of
from projects.config import Config
from projects.errors import UserError
from projects.species.annotation import Annotation
from projects.species.detector import Detector
from projects.species.selection_table import SUFFIX, annotations_csv, write_selection_table
from projects.tracking import run_entry_point
from registry.versions import pinned

NAME = "annotations"
"""Prefix of the metrics, folder of the artifacts, and name of the CSV."""


class AnnotateConfig(Config):
    """Annotates recordings of any length with a registered species classifier."""

    audio: Path = Field(description="a recording, or a folder of them at any depth")
    model: str = Field(
        "models:/species-classifier@champion", description="models:/NAME@ALIAS or NAME/VERSION"
    )
    out: Path = Field(Path(NAME), description="folder for the tables")
    threshold: float = Field(0.7, gt=0, le=1, description="probability from which a species counts")
    hop: float = Field(1.0, ge=0.1, le=30, description="seconds from window to window")
    activity: float = Field(
        1.0, ge=0, le=30, description="mean dB above the noise floor that a window must exceed"
    )


@dataclass
class Heard:
    """What came of the recordings, each by its name.

    Attributes:
        annotations: Of each that was listened to.
        seconds: Its length.
        failures: The reason why another was not.
    """

    annotations: dict[str, list[Annotation]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def annotate(config: AnnotateConfig) -> None:
    """Listens through the recordings, writes and logs the tables, and prints the counts.

    Raises:
        UserError: There is no such recording or model, the folder cannot be written, or not one
            recording can be used.
    """
    paths = _recordings(config.audio)
    _make_folder(config.out)
    version = pinned(config.model)
    mlflow.set_tags({"model": config.model, "model.version": version})
    classifier = load_model(version).unwrap_python_model().classifier
    detector = Detector(classifier, config.hop, config.threshold, config.activity)
    started = time.perf_counter()
    heard = _listen(detector, paths, config.out)
    elapsed = time.perf_counter() - started
    write_text(config.out / f"{NAME}.csv", annotations_csv(heard.annotations))
    _log(heard, config.out, elapsed)
    if not heard.annotations:
        name, reason = next(iter(heard.failures.items()))
        raise UserError(f"not one of {len(paths)} recordings can be used; {name!r}: {reason}")
    _tell(heard, config, version, elapsed)


def _recordings(audio: Path) -> dict[str, Path]:
    """Sound files by their path below the folder, hidden ones left out."""
    if audio.is_file():
        return {audio.name: audio}
    if not audio.is_dir():
        raise UserError(f"audio: expected a recording or a folder of them, got {str(audio)!r}")
    paths = [path for path in sorted(audio.rglob("*")) if path.suffix.lower() in AUDIO_SUFFIXES]
    names = {path.relative_to(audio).as_posix(): path for path in paths if path.is_file()}
    shown = {name: path for name, path in names.items() if "/." not in f"/{name}"}
    if not shown:
        raise UserError(
            f"audio: expected {', '.join(sorted(AUDIO_SUFFIXES))} in {str(audio)!r}, found none"
        )
    return shown


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"out: expected a folder, got {str(out)!r}: {error.strerror}") from None


def _listen(detector: Detector, paths: dict[str, Path], out: Path) -> Heard:
    heard = Heard()
    for name, path in paths.items():  # All headers first: what is missing shows before the hours.
        try:
            heard.seconds[name] = seconds_of(path)
        except RecordingError as error:
            heard.failures[name] = str(error)
    total = round(sum(heard.seconds.values()))
    with tqdm(total=total, desc="listening", unit="s of sound") as bar:
        for name in list(heard.seconds):
            try:
                found = detector.annotations(paths[name], lambda s: bar.update(round(s)))
            except RecordingError as error:
                heard.failures[name] = str(error)
                del heard.seconds[name]
                continue
            heard.annotations[name] = found
            write_selection_table(out / f"{name}{SUFFIX}", Path(name).name, found, detector.band)
    return heard


def _log(heard: Heard, out: Path, elapsed: float) -> None:
    mlflow.log_metrics(
        {
            f"{NAME}.count": sum(map(len, heard.annotations.values())),
            f"{NAME}.recordings": len(heard.annotations),
            f"{NAME}.failed": len(heard.failures),
            f"{NAME}.seconds_of_sound": sum(heard.seconds.values()),
            f"{NAME}.times_real_time": sum(heard.seconds.values()) / elapsed,
        }
    )
    mlflow.log_artifact(str(out / f"{NAME}.csv"), NAME)
    for name in heard.annotations:
        folder = (Path(NAME) / name).parent
        mlflow.log_artifact(str(out / f"{name}{SUFFIX}"), folder.as_posix())
    failures = pd.DataFrame(heard.failures.items(), columns=["file", "error"])
    mlflow.log_text(failures.to_csv(index=False), f"{NAME}/failures.csv")


def _tell(heard: Heard, config: AnnotateConfig, version: str, elapsed: float) -> None:
    found = [each for annotations in heard.annotations.values() for each in annotations]
    seconds = sum(heard.seconds.values())
    counts = Counter(each.species for each in found)
    rows = [[species, str(count)] for species, count in counts.most_common()]
    print(markdown_table(["species", "annotations"], rows))
    for name, reason in heard.failures.items():
        print(f"failed: {name!r}: {reason}")
    print(
        f"{len(found)} annotations in {seconds / 60:.1f} min of {len(heard.annotations)} "
        f"recordings ({len(heard.failures)} failed) by {version}, "
        f"{seconds / elapsed:.0f} times real time: {config.out}"
    )


if __name__ == "__main__":
    run_entry_point(AnnotateConfig, annotate, experiment="species")
