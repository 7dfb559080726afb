"""A seeded voice: speech-like sound from a source of pulses and noise and the filter of a mouth.

The source-filter model of Fant, "Acoustic theory of speech production" (1960), with the filter
applied to overlapping windows of the source, so that nothing runs sample by sample.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from projects.codec.study.narrator import Narrator
from projects.codec.study.phrase import HOP, Phrase, draw_phrase
from projects.codec.study.settings import SAMPLE_RATE

_WINDOW = 4 * HOP
_FFT = 8 * HOP  # the window, and room for what the filter makes it ring on
_HZ = np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE).astype(np.float32)
_HIGHER_FORMANTS_HZ = (3500.0, 4500.0, 5500.0, 6500.0)
_BANDWIDTHS_HZ = (60.0, 90.0, 130.0, 200.0, 280.0, 350.0, 420.0)
_LEVEL = 0.1  # root mean square of a phrase


def narrate(narrator: Narrator, phrases: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Phrases with a pause of 0.3 to 0.9 s after each.

    Args:
        narrator: who speaks.
        phrases: how many, 1 or more; each is about 1 to 4 s long.
        rng: draws what is said.

    Returns:
        Samples of shape (n,) at `SAMPLE_RATE`; the root mean square of each phrase is 0.1.
    """
    parts: list[NDArray[np.float32]] = []
    for _ in range(phrases):
        pause = round(rng.uniform(0.3, 0.9) / narrator.rate * SAMPLE_RATE)
        parts += [speak(narrator, draw_phrase(narrator, rng), rng), np.zeros(pause, np.float32)]
    return np.concatenate(parts)


def speak(narrator: Narrator, phrase: Phrase, rng: np.random.Generator) -> NDArray[np.float32]:
    """Sound of one phrase.

    Returns:
        Samples of shape (frames * HOP + 7 * HOP,), root mean square 0.1.
    """
    n = len(phrase.pitch_hz) * HOP
    pulses = _spectra(_pulses(narrator, phrase.pitch_hz, rng))
    noise = _spectra(rng.standard_normal(n, dtype=np.float32))
    breath = narrator.breathiness * phrase.voicing + phrase.aspiration
    glottis = _column(phrase.voicing) * _glottal_spectrum(narrator) * pulses
    glottis += _column(breath) * noise
    sound = glottis * _resonances(phrase.formants_hz, narrator.formant_scale)
    sound += _column(phrase.frication) * _narrowing(phrase) * noise
    samples = _overlap_add(scipy.fft.irfft(sound, _FFT))
    return samples * np.float32(_LEVEL / np.sqrt(np.mean(samples**2)))


def _pulses(
    narrator: Narrator, pitch_hz: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Unit impulses at the pitch, each a little off its time."""
    n = len(pitch_hz) * HOP
    frames = np.arange(len(pitch_hz)) * HOP
    cycles = np.cumsum(np.interp(np.arange(n), frames, pitch_hz) / SAMPLE_RATE)
    at = np.flatnonzero(np.diff(np.floor(cycles)))
    period = SAMPLE_RATE / narrator.pitch_hz
    at = np.rint(at + rng.normal(0.0, narrator.jitter * period, len(at))).astype(int)
    pulses = np.zeros(n, dtype=np.float32)
    pulses[np.clip(at, 0, n - 1)] = np.sqrt(period)  # power 1 whatever the pitch
    return pulses


def _spectra(source: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Spectra of the source's windows, shape (frames, bins)."""
    padded = np.pad(source, (0, _WINDOW - HOP))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP]
    hann = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    return scipy.fft.rfft(windows * hann, _FFT)


def _glottal_spectrum(narrator: Narrator) -> NDArray[np.complex64]:
    """Two real poles of the glottal pulse and the zero of the lips' radiation, shape (bins,)."""
    s = 1j * _HZ / narrator.effort_hz
    return (s / (1 + s) ** 2).astype(np.complex64)


def _resonances(formants_hz: NDArray[np.float64], scale: float) -> NDArray[np.complex64]:
    """Digital resonators in cascade, each of gain 1 at 0 Hz, shape (frames, bins).

    Klatt, "Software for a cascade/parallel formant synthesizer" (1980), equation 2.
    """
    z = np.exp(-2j * np.pi * _HZ / SAMPLE_RATE).astype(np.complex64)
    higher = np.full((len(formants_hz), 1), scale) * _HIGHER_FORMANTS_HZ
    hz = np.concatenate([formants_hz, higher], axis=1)
    gain = np.ones((len(hz), 1), dtype=np.float32)
    poles = np.ones((len(hz), len(_HZ)), dtype=np.complex64)
    for formant_hz, width_hz in zip(hz.T, _BANDWIDTHS_HZ, strict=True):
        radius = np.exp(-np.pi * width_hz / SAMPLE_RATE)
        b = _column(2 * radius * np.cos(2 * np.pi * formant_hz / SAMPLE_RATE))
        c = np.float32(-(radius**2))
        gain *= 1 - b - c
        poles *= 1 - c * z**2 - b * z
    return gain / poles


def _narrowing(phrase: Phrase) -> NDArray[np.float32]:
    """Shape of a fricative's or a burst's noise, shape (frames, bins)."""
    distance = (_HZ - _column(phrase.noise_hz)) / _column(phrase.noise_width_hz)
    return 1 / np.sqrt(1 + np.square(np.square(distance)))


def _overlap_add(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    pieces = windows.reshape(len(windows), _FFT // HOP, HOP)
    sound = np.zeros((len(windows) + _FFT // HOP - 1, HOP), dtype=np.float32)
    for k in range(_FFT // HOP):
        sound[k : k + len(windows)] += pieces[:, k]
    return sound.ravel()


def _column(track: NDArray[np.float64]) -> NDArray[np.float32]:
    return track.astype(np.float32)[:, None]
