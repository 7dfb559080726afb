"""The sound of a video, on the video's own clock."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer

from projects.audio.decode import MOST_FRAMES, RecordingError, Sound, check_file, check_sound

CONTAINERS = "MP4, MOV, M4A, MKV, WebM or AVI"

SAFE = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi",
    "protocol_whitelist": "file",
}
"""Else FFmpeg would open what a text file names: other files, addresses."""

JITTER = 0.01
"""Seconds between a frame's time and where it falls; Matroska rounds times to 1 ms."""

LAST_FRAME = 0.25
"""Seconds by which whole files, too, may end before their header says."""


def sound_of_video(path: Path) -> Sound:
    """Reads the first audio stream of a video, at its own rate; channels are averaged.

    The first sample is at the container's time zero, or where its first stream starts if that is
    later. What the encoder put in front (AAC 1024 samples, Opus 312) is left out where the
    container tells: MP4 and MOV with an edit list, MKV and WebM do, AVI does not. Sound that
    starts late or is interrupted is silent until its time. So each sample is within 10 ms of its
    time, less than a codec frame.

    Args:
        path: A file in one of `CONTAINERS`, whatever its name.

    Returns:
        Sound as from `decode`. Of a file cut off in its last quarter of a second, or of an MP4 in
        fragments between two of them, what there is.

    Raises:
        RecordingError: The file is missing, empty, not such a container, truncated or damaged,
            has no audio stream, or its sound is one that `decode` would refuse.
    """
    check_file(path)
    try:
        with _opened(path) as container:
            sound = _sound(container)
    except av.FFmpegError as error:
        raise RecordingError(
            f"expected undamaged sound in {CONTAINERS}, got: {error.strerror}"
        ) from None
    check_sound(sound)
    return sound


def is_video(path: Path) -> bool:
    """Whether a file is in one of `CONTAINERS`, as far as its beginning shows."""
    try:
        _opened(path).close()
    except av.FFmpegError:
        return False
    return True


def _opened(path: Path) -> InputContainer:
    # A relative path with a colon would be taken for an address. Titles may be in any encoding.
    return av.open(str(path.absolute()), options=dict(SAFE), metadata_errors="replace")


def _sound(container: InputContainer) -> Sound:
    start = Fraction(max(container.start_time or 0, 0), av.time_base)
    parts: list[np.ndarray] = []
    length = rate = 0
    for frame in _packed(_decoded(container)):
        rate = frame.sample_rate
        late = _lateness(frame, start, length)
        _check_length(container, rate, length, late)
        samples = frame.to_ndarray().reshape(frame.samples, -1).mean(axis=1)
        parts.append(np.pad(samples, (late, 0)) if late > 0 else samples[-late:])
        length += len(parts[-1])
    if not parts:
        raise RecordingError("its audio stream holds no sound")
    return Sound(np.concatenate(parts), rate)


def _lateness(frame: av.AudioFrame, start: Fraction, length: int) -> int:
    """Samples that are missing in front of a frame, or if negative, there already."""
    if frame.pts is None or frame.time_base is None:
        return 0
    late = round((frame.pts * frame.time_base - start) * frame.sample_rate) - length
    return late if abs(late) > JITTER * frame.sample_rate else 0


def _check_length(container: InputContainer, rate: int, length: int, late: int) -> None:
    if length + late > MOST_FRAMES:
        raise RecordingError(f"expected at most {MOST_FRAMES} frames of sound, got more")
    # A damaged time would otherwise be reached through hours of silence.
    if late > 0 and container.duration and length + late > _promised(container) * rate:
        raise RecordingError(
            f"damaged: its header promises {_promised(container):.2f} s, "
            f"sound is at {(length + late) / rate:.2f} s"
        )


def _promised(container: InputContainer) -> float:
    """Seconds, as the header has it; 0 where it does not tell."""
    return (container.duration or 0) / av.time_base


def _packed(frames: Iterator[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    """Frames as float32, channels side by side: of eight planes or more, PyAV reads too many."""
    resampler = av.AudioResampler(format="flt")
    first = ""
    for frame in frames:
        form = f"{frame.sample_rate} Hz {frame.layout.name} {frame.format.name}"
        first = first or form
        if form != first:
            raise RecordingError(f"its sound changes from {first} to {form}")
        yield from resampler.resample(frame)


def _decoded(container: InputContainer) -> Iterator[av.AudioFrame]:
    """Frames of the first audio stream.

    All streams are read: only together do they show whether the file goes as far as it says.
    """
    if not container.streams.audio:
        raise RecordingError("no audio stream")
    stream = container.streams.audio[0]
    end = Fraction(0)
    for packet in container.demux():
        if packet.is_corrupt:
            raise RecordingError(f"truncated or damaged behind {float(end):.2f} s")
        if packet.pts is not None and packet.time_base is not None:
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
        if packet.stream.index == stream.index:
            yield from stream.decode(packet)
    if end < _promised(container) - LAST_FRAME:
        raise RecordingError(
            f"truncated: its header promises {_promised(container):.2f} s, "
            f"{float(end):.2f} s could be read"
        )
