"""Pieces of recordings to judge an autoencoder by; the name of each says where it is."""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.reconstruction import TestClip
from projects.audio.decode import RecordingError, Sound
from projects.audio.digests import UNREADABLE
from projects.audio.resample import resample
from projects.audio.sound import read_sound
from projects.audio.splits import TEST
from projects.codec.autoencoder.sides import stretches
from projects.codec.autoencoder.stimuli import Stimulus
from projects.codec.clips import Cutting

NAME = re.compile(r"(.+)@(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)s")
"""Of a clip: its recording, and the seconds from and to which it is."""

Bounds = tuple[int, int]
"""First sample of a clip, and the one after its last."""

logger = logging.getLogger(__name__)


def cut_clips(
    stimuli: Sequence[Stimulus],
    sides: Sequence[np.ndarray],
    cutting: Cutting,
    sample_rate: int,
    side: str = TEST,
) -> list[TestClip]:
    """Cuts the stretches of one side of recordings into clips.

    A sound that several rows have, as several listeners', is cut once: it is one piece of evidence.

    Args:
        stimuli: The recordings.
        sides: For each the sides of its TRs.
        cutting: How long a clip is, and how many a stretch gives at most.
        sample_rate: To bring them to, Hz.
        side: Whose stretches.
    """
    clips = []
    cut: set[tuple[str, int, int]] = set()
    for stimulus, of_trs in zip(stimuli, sides, strict=True):
        audio = str(stimulus.row["audio"])
        found = [each for each in stretches(of_trs, side) if (audio, *each) not in cut]
        cut |= {(audio, *each) for each in found}
        if not found:
            continue
        samples = _samples(stimulus.row, sample_rate)
        for trs in found:
            start, end = (round(tr * stimulus.codes.grid.tr * sample_rate) for tr in trs)
            clips += [
                _clip(stimulus.row, samples, (start + first, start + last), sample_rate)
                for first, last in cutting.bounds(len(samples[start:end]), sample_rate)
            ]
    return clips


def cut_recordings(recordings: pd.DataFrame, cutting: Cutting, sample_rate: int) -> list[TestClip]:
    """Cuts whole recordings into clips; one that cannot be read is left out, with a warning.

    Args:
        recordings: A manifest with `audio` digests; a sound that several rows have is cut once.
        cutting: How long a clip is, and how many a recording gives at most.
        sample_rate: To bring them to, Hz.

    Raises:
        RecordingError: Not one can be read.
    """
    again = recordings["audio"].duplicated() & (recordings["audio"] != UNREADABLE)
    clips = _cut(
        recordings[~again], lambda _, n_samples: cutting.bounds(n_samples, sample_rate), sample_rate
    )
    if not clips:
        raise RecordingError(f"not one of {len(recordings)} recordings could be read: see above")
    return clips


def cut_named(recordings: pd.DataFrame, names: Iterable[str], sample_rate: int) -> list[TestClip]:
    """Cuts the clips that another model was judged by, as far as their recordings are there.

    Args:
        recordings: A manifest with `audio` digests.
        names: Of the clips.
        sample_rate: To bring them to, Hz.
    """
    places: dict[str, list[Bounds]] = {}
    for match in filter(None, map(NAME.fullmatch, sorted(names))):
        bounds = (round(float(match[2]) * sample_rate), round(float(match[3]) * sample_rate))
        places.setdefault(match[1], []).append(bounds)
    rows = recordings[recordings["recording_id"].isin(places.keys())]
    return _cut(rows, lambda recording, _: places[recording], sample_rate)


def clip_table(clips: Sequence[TestClip]) -> pd.DataFrame:
    """The clips as rows of a manifest, to be logged and to have a digest."""
    return pd.DataFrame(
        {
            "recording_id": [clip.item for clip in clips],
            "label": "sound",
            "group": [clip.group for clip in clips],
            "audio": [clip.audio for clip in clips],
        }
    )


def _cut(
    recordings: pd.DataFrame, places: Callable[[str, int], Sequence[Bounds]], sample_rate: int
) -> list[TestClip]:
    """Clips at the places that a recording's name and number of samples give."""
    clips = []
    for _, row in recordings.iterrows():
        try:
            samples = _samples(row, sample_rate)
        except RecordingError as error:
            logger.warning("left out: %s: %s", row["recording_id"], error)
            continue
        found = places(row["recording_id"], len(samples))
        clips += [_clip(row, samples, bounds, sample_rate) for bounds in found]
    return clips


def _samples(row: pd.Series, sample_rate: int) -> np.ndarray:
    return resample(read_sound(Path(row["path"])), sample_rate).samples


def _clip(row: pd.Series, samples: np.ndarray, bounds: Bounds, sample_rate: int) -> TestClip:
    first, last = bounds
    start, end = first / sample_rate, last / sample_rate
    return TestClip(
        item=f"{row['recording_id']}@{start:.10g}-{end:.10g}s",  # To the sample, in a day.
        group=str(row["group"]),
        audio=str(row["audio"]),
        start=start,
        sound=Sound(samples[first:last], sample_rate),
    )
