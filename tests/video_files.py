"""Videos that tests write with PyAV: a film of 25 grey pictures a second, with sound."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def write_video(
    path: Path,
    *sounds: np.ndarray,
    codec: str = "aac",
    film: str | None = "mpeg4",
    rate: int = 48000,
    starts: float = 0.0,
    seconds: int = 3,
    title: str = "",
    **options: str,
) -> Path:
    """Writes a video, or without film a sound file, with a stream for each sound.

    Args:
        path: Its suffix names the container.
        sounds: (n,), or (n, 2) for stereo, or (n, 8).
        codec: Of the sounds.
        film: Codec of the pictures.
        rate: Of the sounds, Hz.
        starts: When the sounds start, seconds.
        seconds: Length of the film.
        title: Of the container.
        options: Of the container's writer.
    """
    with av.open(str(path), "w", options=options) as container:
        container.metadata["title"] = title
        pictures = container.add_stream(film, rate=25, width=16, height=16) if film else None
        streams = [
            container.add_stream(codec, rate=rate, layout=_layout(samples)) for samples in sounds
        ]
        for number in range(25 * seconds if pictures else 0):
            picture = av.VideoFrame(16, 16, "yuv420p")
            picture.pts = number
            container.mux(pictures.encode(picture))
        for stream, samples in zip(streams, sounds, strict=True):
            container.mux(stream.encode(_frame(samples, stream.codec_context, starts)))
        for stream in filter(None, (pictures, *streams)):
            container.mux(stream.encode())
    return path


def write_pieces(
    path: Path,
    *pieces: tuple[float, np.ndarray],
    codec: str = "pcm_s16le",
    rates: tuple[int, int] = (48000, 48000),
) -> Path:
    """Writes one stream of sound out of pieces, each at its start in seconds and its rate."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rates[0], layout="mono")
        for (start, samples), rate in zip(pieces, rates, strict=True):
            encoder = av.CodecContext.create(codec, "w")
            encoder.rate, encoder.layout, encoder.format = rate, "mono", stream.format
            for packet in encoder.encode(_frame(samples, encoder, start)):
                packet.stream, packet.time_base = stream, Fraction(1, rate)
                container.mux(packet)
    return path


def _layout(samples: np.ndarray) -> str:
    return {1: "mono", 2: "stereo", 8: "7.1"}[samples.shape[1] if samples.ndim == 2 else 1]


def _frame(samples: np.ndarray, encoder: av.AudioCodecContext, starts: float) -> av.AudioFrame:
    packed = samples.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=_layout(samples))
    frame.sample_rate = encoder.rate
    frame.time_base = Fraction(1, encoder.rate)
    frame.pts = round(starts * encoder.rate)
    (frame,) = av.AudioResampler(format=encoder.format).resample(frame)
    return frame
