"""A few clips to listen to: the original, and what each system made of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from projects.codec.clips import Cutting, read_clips
from projects.codec.codec import Codec
from projects.codec.rate_distortion import RateDistortion
from projects.codec.reconstruct import reconstruct, system_name
from projects.codec.score_clips import ScoredClip

ORIGINAL = "original"
METRIC = "si_sdr"
NAME_LETTERS = 40


def clips_to_hear(
    codec: Codec, measured: RateDistortion, clips: Sequence[ScoredClip], count: int
) -> list[ScoredClip]:
    """Chooses clips spread from the worst to the best at the codec's highest bandwidth.

    Args:
        codec: What was measured.
        measured: On these clips.
        clips: To choose from.
        count: How many to choose, at least 1.

    Returns:
        Worst SI-SDR first; fewer where fewer clips have one.
    """
    scores = measured.scores[system_name(max(codec.bandwidths))].values[METRIC]
    ordered = scores.reset_index(drop=True).dropna().sort_values(kind="stable").index
    places = np.linspace(0, len(ordered) - 1, min(count, len(ordered))).round().astype(int)
    return [clips[ordered[place]] for place in places]


def write_sounds(codec: Codec, clips: Sequence[ScoredClip], cutting: Cutting, folder: Path) -> None:
    """Writes `<place>-<clip>-original.flac`, and one such file a system, for each clip.

    Args:
        codec: To send them through once more.
        clips: Which ones, in order.
        cutting: As they were cut when they were scored.
        folder: Where to write.
    """
    for place, scored in enumerate(clips, start=1):
        cut = read_clips(scored.path, cutting, codec.sample_rate)
        original = next(clip.samples for clip in cut if clip.start == scored.start)
        sounds = {ORIGINAL: original, **reconstruct(codec, original).sounds}
        for system, sound in sounds.items():
            name = f"{place}-{_plain(scored.item)}-{system}.flac"
            soundfile.write(folder / name, sound, codec.sample_rate)


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)[-NAME_LETTERS:]
