"""Pieces of the test side to judge an autoencoder by."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evaluation.reconstruction import TestClip
from projects.audio.decode import Sound
from projects.audio.resample import resample
from projects.audio.sound import read_sound
from projects.audio.splits import TEST
from projects.codec.autoencoder.sides import stretches
from projects.codec.autoencoder.stimuli import Stimulus
from projects.codec.clips import Cutting


def cut_test_clips(
    stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray], cutting: Cutting, sample_rate: int
) -> list[TestClip]:
    """Cuts the test stretches of recordings into clips.

    A sound that several rows have, as several listeners', is cut once: it is one piece of evidence.

    Args:
        stimuli: The recordings.
        sides: For each the sides of its TRs.
        cutting: How long a clip is, and how many a stretch gives at most.
        sample_rate: To bring them to, Hz.
    """
    clips = []
    cut: set[tuple[str, int, int]] = set()
    for stimulus, side in zip(stimuli, sides, strict=True):
        audio = str(stimulus.row["audio"])
        found = [each for each in stretches(side, TEST) if (audio, *each) not in cut]
        cut |= {(audio, *each) for each in found}
        if not found:
            continue
        samples = resample(read_sound(Path(stimulus.row["path"])), sample_rate).samples
        for first, last in found:
            clips += _clips(stimulus, samples, (first, last), cutting, sample_rate)
    return clips


def _clips(
    stimulus: Stimulus,
    samples: np.ndarray,
    trs: tuple[int, int],
    cutting: Cutting,
    sample_rate: int,
) -> list[TestClip]:
    start, end = (round(tr * stimulus.codes.grid.tr * sample_rate) for tr in trs)
    stretch = samples[start:end]
    return [
        TestClip(
            item=f"{stimulus.row['recording_id']}@{(start + first) / sample_rate:g}s",
            group=str(stimulus.row["group"]),
            audio=str(stimulus.row["audio"]),
            start=(start + first) / sample_rate,
            sound=Sound(stretch[first:last], sample_rate),
        )
        for first, last in cutting.bounds(len(stretch), sample_rate)
    ]
