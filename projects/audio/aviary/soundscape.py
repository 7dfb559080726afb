"""Hours at one microphone in the aviary's wood, and when each of its birds sang."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import scipy.fft
import soundfile
from numpy.typing import NDArray

from projects.audio.atomic import written_whole
from projects.audio.aviary.background import noise_spectrum
from projects.audio.aviary.names import MOST_RECORDISTS
from projects.audio.aviary.place import impulse_response, path_gain
from projects.audio.aviary.recording import ambience
from projects.audio.aviary.recordist import Recordist, draw_recordist
from projects.audio.aviary.settings import Aviary, Stream, generator
from projects.audio.aviary.song import draw_individual, sing
from projects.audio.aviary.species import draw_species

CALLS_A_MINUTE = 4.0
SHORTEST_S, LONGEST_S = 2.0, 8.0
NEAREST_M, FARTHEST_M = 4.0, 30.0

_MINUTE_S = 60
_DECAY_S = 0.6
_FADE_S = 1
_OVERHANG_S = 10
"""How far at most what begins in a minute reaches into the next."""


@dataclass(frozen=True)
class Soundscape:
    """Settings of a synthetic soundscape.

    Attributes:
        minutes: Its length. A longer one begins as a shorter one does, but for what would have
            outlasted the shorter one.
        seed: Draws the microphone, the birds, when they sing, and the weather.
        aviary: Whose species sing; neither these individuals nor, unless it has more than 3,000
            recordings, this microphone are in the aviary's recordings.
    """

    minutes: int
    seed: int = 0
    aviary: Aviary = field(default_factory=Aviary)

    @property
    def microphone(self) -> Recordist:
        """What it is recorded with."""
        return draw_recordist(self.aviary.seed, MOST_RECORDISTS - 1 - self.seed % 20)


@dataclass(frozen=True)
class Call:
    """One bird singing for some seconds.

    Attributes:
        start: Of its first sound, in seconds into the soundscape; reverberation aside.
        end: Of its last sound.
        species: English name, the aviary's label.
        metres: Distance from the microphone.
    """

    start: float
    end: float
    species: str
    metres: float


def write_soundscape(path: Path, scape: Soundscape) -> list[Call]:
    """Writes a soundscape as 16-bit mono, a minute at a time; the suffix names the format.

    Returns:
        Its calls, by start. They come at random times, about four a minute, so that some overlap.
    """
    calls: list[Call] = []
    with (
        written_whole(path) as temporary,
        soundfile.SoundFile(temporary, "w", scape.microphone.rate, 1, "PCM_16") as file,
    ):
        for samples, began in minutes_of(scape):
            file.write(samples)
            calls += began
    return sorted(calls, key=lambda call: call.start)


def minutes_of(scape: Soundscape) -> Iterator[tuple[NDArray[np.float32], list[Call]]]:
    """Synthesises a soundscape; each minute is a pure function of the settings and its number.

    Yields:
        Samples of each minute at the microphone's rate, (60 * rate,), and the calls that begin
        in it.
    """
    rate = scape.microphone.rate
    minute, overhang = _MINUTE_S * rate, np.zeros(_OVERHANG_S * rate, np.float32)
    for number in range(scape.minutes):
        rng = generator(scape.aviary.seed, Stream.SOUNDSCAPE, scape.seed, number)
        sound = np.zeros(minute + len(overhang), np.float32)
        sound[: len(overhang)] = overhang
        background = _background(scape.microphone, number == 0, rng)
        sound[: len(background)] += background
        calls = []
        for _ in range(rng.poisson(CALLS_A_MINUTE)):
            call, wave, first = _call(scape, number * _MINUTE_S, rng)
            if call.end <= scape.minutes * _MINUTE_S:
                sound[first : first + len(wave)] += wave
                calls.append(call)
        yield sound[:minute], calls
        overhang = sound[minute:]


def _call(
    scape: Soundscape, minute_s: int, rng: np.random.Generator
) -> tuple[Call, NDArray[np.float32], int]:
    """A call, its sound at the microphone, and the sample of the minute that it begins at."""
    microphone, seed = scape.microphone, scape.aviary.seed
    rate = microphone.rate
    species = draw_species(seed, int(rng.integers(scape.aviary.species)))
    bird = draw_individual(seed, species, microphone.place, rng)
    seconds = rng.uniform(SHORTEST_S, LONGEST_S)
    dry = np.trim_zeros(sing(species, bird, False, int(seconds * rate), rate, rng))
    metres = float(rng.uniform(NEAREST_M, FARTHEST_M))
    decay = impulse_response(rate, _DECAY_S, metres / 60.0 * rng.uniform(0.3, 1.5), rng)
    size = scipy.fft.next_fast_len(len(dry) + len(decay), real=True)
    hz = scipy.fft.rfftfreq(size, 1 / rate).astype(np.float32)
    heard = scipy.fft.rfft(dry, size) * scipy.fft.rfft(decay, size)
    wave = scipy.fft.irfft(heard * path_gain(hz, metres) * microphone.response(hz), size)
    first = int(rng.integers(_MINUTE_S * rate))
    start = minute_s + first / rate
    return Call(start, start + len(dry) / rate, species.english, metres), wave, first


def _background(
    microphone: Recordist, first: bool, rng: np.random.Generator
) -> NDArray[np.float32]:
    """A minute of weather and hiss and a second more, faded so that minutes add up."""
    rate = microphone.rate
    n = (_MINUTE_S + _FADE_S) * rate
    size = scipy.fft.next_fast_len(n, real=True)
    hz = scipy.fft.rfftfreq(size, 1 / rate).astype(np.float32)
    heard = scipy.fft.rfft(ambience(n, rate, rng), size)
    heard += noise_spectrum(hz, microphone.noise_slope, microphone.noise_db, size, rng)
    sound = scipy.fft.irfft(heard * microphone.response(hz), size)[:n]
    rise = np.sin(np.linspace(0, np.pi / 2, _FADE_S * rate, dtype=np.float32))
    if not first:
        sound[: len(rise)] *= rise
    sound[-len(rise) :] *= rise[::-1]  # The powers of the two add up to one.
    return sound
