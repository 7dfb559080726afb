"""Every clip of a set of recordings through every system and every metric, on all cores."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import transformers
from tqdm import tqdm

from evaluation.quality.scoring import score_pair
from projects.audio.decode import RecordingError
from projects.codec.clips import Clip, Cutting, read_clips
from projects.codec.codec import Codec
from projects.codec.load import same_codec
from projects.codec.reconstruct import reconstruct
from projects.parallel import FanOut

CLIPS_A_JOB = 4
"""So that one long recording still spreads over the workers."""


@dataclass(frozen=True, eq=False)
class ScoredClip:
    """What was measured on one clip.

    Attributes:
        recording_id: Of its recording.
        group: Of its recording.
        path: Of its recording.
        start: Seconds into the recording.
        seconds: Duration.
        codes: As in `Reconstruction`.
        bits: As in `Reconstruction`.
        scored: System to what `score_pair` gave.
    """

    recording_id: str
    group: str
    path: Path
    start: float
    seconds: float
    codes: np.ndarray
    bits: dict[str, float]
    scored: dict[str, tuple[dict[str, float], dict[str, str]]]

    @property
    def item(self) -> str:
        """What the clip is called: recording and second at which it starts."""
        return f"{self.recording_id}@{self.start:g}s"


@dataclass(frozen=True)
class _Job:
    codec: str
    codec_digest: str
    recording_id: str
    group: str
    path: Path
    cutting: Cutting
    part: int
    parts: int


def score_clips(
    codec: Codec, recordings: pd.DataFrame, cutting: Cutting, fan_out: FanOut
) -> tuple[list[ScoredClip], dict[str, str]]:
    """Scores the codec at each bandwidth, and mel + Griffin-Lim, against the original.

    Args:
        codec: Workers load it by its name. Its rate is the one at which all is compared.
        recordings: A manifest.
        cutting: Which clips of each recording.
        fan_out: Where to work.

    Returns:
        The clips in order, and recording_id to reason of the recordings that could not be read.

    Raises:
        RecordingError: Not one recording could be read.
    """
    clips: list[ScoredClip] = []
    unread: dict[str, str] = {}
    jobs = _jobs(codec, recordings, cutting)
    for job, done in tqdm(fan_out.run(_score_part, jobs), "scoring", len(jobs), unit="part"):
        if isinstance(done, str):
            unread[job.recording_id] = done
        else:
            clips += done
    if not clips:
        first, reason = next(iter(unread.items()))
        raise RecordingError(
            f"not one of {len(recordings)} recordings could be read; the first: {first}: {reason}"
        )
    return sorted(clips, key=lambda clip: (clip.recording_id, clip.start)), unread


def _jobs(codec: Codec, recordings: pd.DataFrame, cutting: Cutting) -> list[_Job]:
    parts = -(-cutting.most // CLIPS_A_JOB)
    return [
        _Job(
            codec.name,
            codec.digest,
            row.recording_id,
            row.group,
            Path(row.path),
            cutting,
            part,
            parts,
        )
        for row in recordings.itertuples()
        for part in range(parts)
    ]


def _score_part(job: _Job) -> list[ScoredClip] | str:
    """Every `parts`-th clip of a recording; or why it cannot be read."""
    # A worker does not know that the entry point has done so.
    transformers.utils.logging.disable_progress_bar()
    codec = same_codec(job.codec, job.codec_digest)
    try:
        clips = read_clips(job.path, job.cutting, codec.sample_rate)
    except RecordingError as error:
        return str(error)
    return [_score_clip(codec, job, clip) for clip in clips[job.part :: job.parts]]


def _score_clip(codec: Codec, job: _Job, clip: Clip) -> ScoredClip:
    made = reconstruct(codec, clip.samples)
    return ScoredClip(
        job.recording_id,
        job.group,
        job.path,
        clip.start,
        len(clip.samples) / codec.sample_rate,
        made.codes,
        made.bits,
        {
            system: score_pair(clip.samples, sound, codec.sample_rate)
            for system, sound in made.sounds.items()
        },
    )
