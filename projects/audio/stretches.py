"""Recordings of any length, a stretch at a time: hours of sound in the memory of a minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projects.audio.decode import Sound, check_length, check_samples, check_whole, mono, opened

MOST_FRAMES = 2**36
"""16 days at 48 kHz, and as much as a FLAC can tell; one streamed to nowhere promises 2 ** 63."""


@dataclass(frozen=True)
class Stretch:
    """A part of a recording, with what lies around it.

    Attributes:
        sound: The stretch with its margins, at the file's own rate.
        begin: Where in the recording the stretch begins, in seconds.
        before: Seconds of `sound` that lie before it; 0 at the recording's begin.
        seconds: Its length.
        last: Whether the recording ends with it; `sound` ends there too.
    """

    sound: Sound
    begin: int
    before: int
    seconds: float
    last: bool


def seconds_of(path: Path) -> float:
    """Length of a recording by its header.

    Raises:
        RecordingError: The file is missing, empty, not audio, or does not tell its length.
    """
    with opened(path) as file:
        check_length(file, MOST_FRAMES)
        return file.frames / file.samplerate


def stretches(path: Path, seconds: int, before: int, after: int) -> Iterator[Stretch]:
    """Reads a WAV, FLAC, OGG or MP3 from begin to end; channels are averaged.

    The stretches lie end to end, each beginning at a whole second, which is a whole sample at
    every rate. Nothing is sought in the file: in compressed ones that is slow or inexact.

    Args:
        path: A file of any length.
        seconds: Length of a stretch; the last one's is up to `seconds + after`, and more than
            `after` where there is more than one.
        before: Margin in front of every stretch but the first.
        after: Margin behind every stretch but the last; at least 1.

    Yields:
        The stretches; what is held of the recording is one of them and what was just read.

    Raises:
        RecordingError: As `decode` does, but digital silence is sound here. A file that turns
            out to be truncated, or to hold NaN, is refused only where that shows.
    """
    with opened(path) as file:
        check_length(file, MOST_FRAMES)
        rate = file.samplerate
        held, begin, last = np.empty(0, np.float32), 0, False
        while not last:
            first = max(begin - before, 0)
            wanted = (begin + seconds + after - first) * rate - len(held)
            more = mono(file.read(wanted, dtype="float32", always_2d=True))
            held, last = np.concatenate([held, more]), len(more) < wanted
            if last:
                check_whole(file, first * rate + len(held))
            sound = Sound(held, rate)
            check_samples(sound)
            length = sound.seconds - (begin - first) if last else float(seconds)
            yield Stretch(sound, begin, begin - first, length, last)
            begin += seconds
            held = held[(max(begin - before, 0) - first) * rate :]
