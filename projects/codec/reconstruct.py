"""A clip as each system gives it back: a codec at each of its bandwidths, and mel + Griffin-Lim."""

from dataclasses import dataclass

import numpy as np

from projects.codec.codec import Codec
from projects.codec.mel import BITS, MelBaseline

MEL = "mel"
"""The baseline's name among the systems."""


def system_name(bandwidth: float) -> str:
    """What a codec at a bandwidth in kbit/s is called, in tables, metrics and file names."""
    return f"{bandwidth:g}kbps"


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """What became of one clip.

    Attributes:
        codes: At the highest bandwidth, (codebooks, frames) int16.
        sounds: System to (n,) float32, as many samples as the clip.
        bits: System to what it stores of the clip.
    """

    codes: np.ndarray
    sounds: dict[str, np.ndarray]
    bits: dict[str, float]


def reconstruct(codec: Codec, samples: np.ndarray) -> Reconstruction:
    """Sends a clip through every system.

    It is encoded once: a residual quantiser's codes at a lower bandwidth are its first codebooks.

    Args:
        codec: Its rate and frames are the baseline's too.
        samples: (n,) float32 at the codec's rate, more than half a window of the baseline.

    Raises:
        UserError: The clip is shorter than that.
    """
    (codes,) = codec.encode([samples], max(codec.bandwidths))
    counts = {system_name(each): codec.codebooks(each) for each in codec.bandwidths}
    decoded = codec.decode([codes[:count] for count in counts.values()])
    sounds = {name: sound[: len(samples)] for name, sound in zip(counts, decoded, strict=True)}
    bits_a_code = float(np.log2(codec.codebook_size))
    bits = {name: codes[:count].size * bits_a_code for name, count in counts.items()}

    baseline = MelBaseline(sample_rate=codec.sample_rate, hop=codec.hop)
    log_mel = baseline.spectrogram(samples)
    sounds[MEL] = baseline.sound(log_mel, len(samples))
    bits[MEL] = float(log_mel.size * BITS)
    return Reconstruction(codes, sounds, bits)
