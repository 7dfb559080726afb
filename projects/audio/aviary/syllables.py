"""Waveforms of single syllables: a pitch contour, an envelope and a few harmonics."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = Callable[[NDArray[np.float64], float], NDArray[np.float64]]

# Pitch over the syllable (u in 0..1) in -0.5..0.5 spans; `cycles` is used by modulated kinds.
CONTOURS: dict[str, Curve] = {
    "rise": lambda u, cycles: u - 0.5,
    "fall": lambda u, cycles: 0.5 - u,
    "arch": lambda u, cycles: np.sin(np.pi * u) - 0.5,
    "cup": lambda u, cycles: 0.5 - np.sin(np.pi * u),
    "whistle": lambda u, cycles: 0.1 * (0.5 - u),
    "step": lambda u, cycles: 0.5 * np.tanh(16 * (0.5 - u)),
    "trill": lambda u, cycles: 0.5 * np.sin(2 * np.pi * cycles * u),
    "buzz": lambda u, cycles: 0.5 * np.sin(2 * np.pi * cycles * u),
    "stack": lambda u, cycles: 0.3 * (np.sin(np.pi * u) - 0.5),
    "chip": lambda u, cycles: 0.5 - u,
}
KINDS = tuple(CONTOURS)
_STACK_FORMANT = 4  # the harmonic that a stack emphasises: it lies at the syllable's pitch
_NYQUIST_SHARE = 0.47


@dataclass(frozen=True)
class Syllable:
    """One element of a species' song.

    Attributes:
        kind: one of KINDS.
        octaves: its mean pitch relative to the species' centre, in octaves.
        span: width of its pitch contour, in octaves.
        seconds: its duration.
        modulation_hz: rate of a trill's or buzz's modulation.
    """

    kind: str
    octaves: float
    span: float
    seconds: float
    modulation_hz: float


def render_syllable(
    syllable: Syllable, centre_hz: float, stretch: float, roll_off: float, rate: int
) -> NDArray[np.float32]:
    """Waveform of a syllable.

    Args:
        syllable: its shape.
        centre_hz: pitch of the bird, in Hz, to which the syllable's octaves are relative.
        stretch: factor on its duration.
        roll_off: decay of harmonic h, whose amplitude is h ** -roll_off.
        rate: samples per second.

    Returns:
        Samples of shape (seconds * stretch * rate,), peak about 1.
    """
    n = max(16, int(syllable.seconds * stretch * rate))
    u = np.linspace(0.0, 1.0, n)
    curve = CONTOURS[syllable.kind](u, syllable.modulation_hz * syllable.seconds)
    pitch_hz = centre_hz * np.exp2(syllable.octaves + syllable.span * curve)
    wave = _harmonics(syllable.kind, pitch_hz, roll_off, rate) * _envelope(syllable.kind, u)
    return wave.astype(np.float32)


def _harmonics(
    kind: str, pitch_hz: NDArray[np.float64], roll_off: float, rate: int
) -> NDArray[np.float32]:
    if kind == "stack":
        pitch_hz = pitch_hz / _STACK_FORMANT
        weights = {h: np.exp(-0.5 * ((h - _STACK_FORMANT) / 1.5) ** 2) for h in range(1, 9)}
    else:
        weights = {h: h**-roll_off for h in range(1, 4)}
    cycles = np.cumsum(pitch_hz / rate)
    phase = (2 * np.pi * (cycles % 1.0)).astype(np.float32)  # wrapped first: float32 is coarse
    top = pitch_hz.max()
    wave = np.zeros_like(phase)
    for harmonic, weight in weights.items():
        if harmonic * top < _NYQUIST_SHARE * rate:
            wave += np.float32(weight) * np.sin(harmonic * phase)
    return wave / np.float32(sum(weights.values()))


def _envelope(kind: str, u: NDArray[np.float64]) -> NDArray[np.float64]:
    if kind == "chip":
        return np.minimum(1.0, u / 0.08) * np.exp(-4 * u) * (1 - u)
    edge = np.minimum(1.0, np.minimum(u, 1 - u) / 0.15)
    return np.sin(0.5 * np.pi * edge) ** 2
