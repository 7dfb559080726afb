"""What the listener hears in one run: narrators in turn, pauses, and some music."""

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from projects.codec.study.music import play
from projects.codec.study.narrator import Narrator, draw_narrator
from projects.codec.study.settings import SAMPLE_RATE, Stream, Study, generator
from projects.codec.study.voice import narrate

NARRATORS = 3
"""Narrators of a run; none is heard in another run."""

_INTERLUDE, _ACCOMPANIED = 0.2, 0.25  # how often a passage is music alone, or has some behind it
_ROOM_DB = -60.0  # noise of the recording room, so that a pause is no digital silence
_ROOM_POLE = 0.95  # it falls by 6 dB an octave above about 200 Hz
_PEAK = 0.9


def soundtrack(study: Study, run: int) -> NDArray[np.float32]:
    """Soundtrack of a run, a pure function of its arguments.

    Args:
        study: settings of the study.
        run: number of the run, from 0.

    Returns:
        Samples of shape (study.samples,) at `SAMPLE_RATE`, peak at most 0.9.
    """
    rng = generator(study.seed, Stream.SOUNDTRACK, run)
    narrators = [draw_narrator(study.seed, run, index) for index in range(NARRATORS)]
    sound = _room_noise(study.samples, rng)
    at = round(rng.uniform(0.5, 1.5) * SAMPLE_RATE)
    while at < len(sound):
        passage = _passage(narrators[rng.integers(NARRATORS)], rng)
        here = sound[at:][: len(passage)]
        here += passage[: len(here)]
        at += len(passage) + round(rng.uniform(0.5, 3.0) * SAMPLE_RATE)
    return sound * np.float32(min(1.0, _PEAK / np.abs(sound).max()))


def _room_noise(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    scale = 10 ** (_ROOM_DB / 20) * np.sqrt(1 - _ROOM_POLE**2)
    white = np.float32(scale) * rng.standard_normal(n, dtype=np.float32)
    return scipy.signal.lfilter([1.0], [1.0, -_ROOM_POLE], white).astype(np.float32)


def _passage(narrator: Narrator, rng: np.random.Generator) -> NDArray[np.float32]:
    """Some phrases of a narrator, or some bars of music, at a level of their own."""
    gain = np.float32(10 ** (rng.uniform(-8.0, 2.0) / 20))
    if rng.random() < _INTERLUDE:
        return gain * _faded(play(rng.uniform(4.0, 10.0), rng))
    sound = narrate(narrator, int(rng.integers(2, 6)), rng)
    if rng.random() < _ACCOMPANIED:
        behind = np.float32(10 ** (rng.uniform(-20.0, -10.0) / 20))
        sound += behind * _faded(play(len(sound) / SAMPLE_RATE, rng))
    return gain * sound


def _faded(music: NDArray[np.float32]) -> NDArray[np.float32]:
    """Music with its last second faded out."""
    left = np.arange(len(music), 0, -1, dtype=np.float32) / SAMPLE_RATE
    return music * np.minimum(left, np.float32(1.0))
