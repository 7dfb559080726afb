"""Codes: seconds of audio encoded a second, beside transformers clip by clip with equal codes.

Both encode the same clips with the same weights and threads, in one process. Syrinx takes all of
them at once, whatever their lengths; transformers' own model takes one clip at a time, which needs
no padding. Clips are whole frames, for transformers pads an incomplete one anew in every layer.
"""

from pathlib import Path

import numpy as np
import torch
from pydantic import Field

from benchmarks.measuring import median_seconds, ratio_line, run_benchmark
from evaluation.markdown import markdown_table
from projects.audio.decode import Sound
from projects.audio.readers import read_sound_folders
from projects.audio.resample import resample
from projects.audio.sound import read_sound
from projects.codec.codec import Codec
from projects.codec.load import BUNDLED, load_codec
from projects.codec.study.settings import SAMPLE_RATE, Study
from projects.codec.study.stimulus import soundtrack
from projects.config import Config

OURS, PLAIN = "syrinx", "transformers clip by clip"
SHORTEST, USUAL, LONGEST = 2.0, 15.0, 17.0
"""Seconds of a clip, as LibriSpeech's utterances last."""

EQUAL = 0.999
"""Smallest share of equal codes: rounding may tip a frame that lies between two entries."""


class CodesConfig(Config):
    """Measures encoding beside transformers."""

    codec: str = Field(BUNDLED, description="bundled, a folder, or a hub id")
    bandwidth: float = Field(6, gt=0, le=24, description="kbit/s: 1.5, 3, 6, 12 or 24")
    data: Path | None = Field(None, description="folder of sound; none for synthetic speech")
    clips: int = Field(
        40, ge=1, le=200, description="clips, of 2 to 17 s or the recording's length"
    )
    repeats: int = Field(5, ge=1, description="timed rounds, of which the median is taken")


def measure(config: CodesConfig) -> None:
    """Checks that both give the same, times them and prints the ratio."""
    codec = load_codec(config.codec)
    clips = _clips(config, codec)
    seconds_of_audio = sum(map(len, clips)) / codec.sample_rate
    equal = _share_of_equal_codes(codec, clips, config.bandwidth)
    assert equal >= EQUAL, f"only {equal:.2%} of the codes are equal"
    seconds = median_seconds(
        {
            OURS: lambda: codec.encode(clips, config.bandwidth),
            PLAIN: lambda: _clip_by_clip(codec, clips, config.bandwidth),
        },
        config.repeats,
    )
    print(
        f"data: {len(clips)} clips, {seconds_of_audio:.0f} s, "
        f"{config.data or 'synthetic speech'}; {codec.name} at {config.bandwidth:g} kbit/s\n"
        f"equal: {equal:.3%} of the codes\n"
        f"measured: median of {config.repeats} rounds in turn, after one to warm up; "
        f"{torch.get_num_threads()} threads\n"
    )
    speeds = {name: seconds_of_audio / value for name, value in seconds.items()}
    rows = [[name, f"{seconds[name]:.2f}", f"{speed:.1f}"] for name, speed in speeds.items()]
    print(markdown_table(["way", "s", "seconds of audio/s"], rows))
    print()
    print(ratio_line(speeds[OURS], speeds[PLAIN], f"seconds of audio/s, {OURS} / {PLAIN}"))


def _clips(config: CodesConfig, codec: Codec) -> list[np.ndarray]:
    sounds = _synthetic(config.clips) if config.data is None else _read(config.data, config.clips)
    samples = [resample(sound, codec.sample_rate).samples for sound in sounds]
    longest = round(LONGEST * codec.sample_rate)
    return [each[: min(len(each), longest) // codec.hop * codec.hop] for each in samples]


def _read(folder: Path, count: int) -> list[Sound]:
    return [read_sound(Path(path)) for path in read_sound_folders([folder])["path"][:count]]


def _synthetic(count: int) -> list[Sound]:
    lengths = np.random.default_rng(0).triangular(SHORTEST, USUAL, LONGEST, count)
    ends = np.cumsum(lengths)
    study = Study.validated({"runs": 1, "minutes": max(ends[-1] / 60, 0.25) + 0.05})
    speech = soundtrack(study, 0)
    parts = np.split(speech, np.round(ends * SAMPLE_RATE).astype(int))
    return [Sound(part, SAMPLE_RATE) for part in parts[:count]]


@torch.inference_mode()
def _clip_by_clip(codec: Codec, clips: list[np.ndarray], bandwidth: float) -> list[np.ndarray]:
    return [
        codec.model.encode(torch.from_numpy(clip)[None, None], bandwidth=bandwidth)
        .audio_codes[0, 0]
        .numpy()
        for clip in clips
    ]


def _share_of_equal_codes(codec: Codec, clips: list[np.ndarray], bandwidth: float) -> float:
    ours = codec.encode(clips, bandwidth)
    theirs = _clip_by_clip(codec, clips, bandwidth)
    assert [each.shape for each in ours] == [each.shape for each in theirs]
    equal = [(one == other).ravel() for one, other in zip(ours, theirs, strict=True)]
    return float(np.concatenate(equal).mean())


if __name__ == "__main__":
    run_benchmark(CodesConfig, measure)
