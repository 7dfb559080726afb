import numpy as np
import pytest
from scipy.signal import welch

from projects.audio.aviary.song import draw_individual
from projects.audio.aviary.species import draw_species
from projects.audio.aviary.syllables import render_syllable

RATE = 44100


@pytest.mark.parametrize("index", range(20))
def test_song_keeps_within_the_pitch_range_of_its_species(index):
    """A species' stated range would be wrong, and its song might be above a recording's band."""
    species = draw_species(0, index)
    low, high = species.pitch_range_hz
    bird = draw_individual(0, species, 3, np.random.default_rng(index))
    for syllable in species.syllables:
        wave = render_syllable(syllable, bird.centre_hz, 1.0, species.roll_off, RATE)
        hz, power = welch(wave, RATE, nperseg=min(len(wave), 1024), nfft=4096)
        peak = hz[np.argmax(power)]
        assert 0.97 * low <= peak <= 1.03 * high
        assert power[hz < low / 6].sum() < 0.01 * power.sum()


def test_a_rising_syllable_rises():
    """The shapes that tell species apart would not be what they are called."""
    kinds = {s.kind: s for index in range(10) for s in draw_species(0, index).syllables}
    for kind, sign in (("rise", 1), ("fall", -1)):
        wave = render_syllable(kinds[kind], 3000.0, 1.0, 4.0, RATE)
        halves = np.array_split(wave, 2)
        first, second = (peak_hz(half) for half in halves)
        assert sign * (second - first) > 200


def peak_hz(wave):
    power = np.abs(np.fft.rfft(wave)) ** 2
    return np.sum(power * np.fft.rfftfreq(len(wave), 1 / RATE)) / np.sum(power)


def test_species_differ():
    """Two species of the default set would be the same bird, which no model can tell apart."""
    voices = {(draw_species(0, k).syllables, draw_species(0, k).pattern) for k in range(90)}
    leads = {draw_species(0, k).syllables[0].kind for k in range(10)}
    assert len(voices) == 90
    assert len(leads) == 10


def test_another_seed_gives_other_birds():
    """Every seed would give the same problem."""
    assert draw_species(0, 4) != draw_species(1, 4)
