from dataclasses import replace

import numpy as np
import pytest
import scipy.linalg
import scipy.signal
import soxr
from pesq import pesq

from projects.codec.study.narrator import draw_narrator
from projects.codec.study.phrase import HOP, Phrase
from projects.codec.study.settings import SAMPLE_RATE
from projects.codec.study.voice import narrate, speak

VOWEL_HZ = np.array([700.0, 1200.0, 2500.0])


@pytest.fixture(scope="module", params=[0, 1, 2, 3])
def speech(request):
    narrator = draw_narrator(0, 0, request.param)
    return narrator, narrate(narrator, 8, np.random.default_rng(request.param))


def steady(pitch_hz=100.0, voicing=1.0, frication=0.0, formants_hz=VOWEL_HZ):
    """A phrase of one second in which nothing moves."""
    frames = SAMPLE_RATE // HOP
    ones = np.ones(frames)
    return Phrase(
        pitch_hz=pitch_hz * ones,
        formants_hz=np.tile(formants_hz, (frames, 1)),
        voicing=voicing * ones,
        aspiration=0 * ones,
        frication=frication * ones,
        noise_hz=6000 * ones,
        noise_width_hz=1000 * ones,
    )


def clear_voice():
    return replace(draw_narrator(0, 0, 0), breathiness=0.001, jitter=0.0, effort_hz=300.0)


def test_the_same_seed_says_the_same(speech):
    """Two makings of a study would have other sound and other codes."""
    narrator, first = speech
    index = [draw_narrator(0, 0, k) for k in range(4)].index(narrator)
    again = narrate(narrator, 1, np.random.default_rng(index))
    other = narrate(narrator, 1, np.random.default_rng(9))
    assert np.array_equal(again, first[: len(again)])
    assert not np.array_equal(other[:9000], first[:9000])


def test_pesq_takes_it_for_speech(speech):
    """The demo could not show the metric that the codec is judged by: PESQ raises on no speech."""
    _, samples = speech
    clean = soxr.resample(samples, SAMPLE_RATE, 16_000)[: 8 * 16_000]
    noise = np.random.default_rng(0).standard_normal(len(clean)) * clean.std()
    scores = [pesq(16_000, clean, clean + noise * 10 ** (-snr / 20), "wb") for snr in (60, 20, 0)]
    assert scores[0] > 4.2
    assert scores[0] > scores[1] + 0.5 > scores[1] > scores[2] >= 1.0


def test_its_spectrum_is_that_of_speech(speech):
    """A codec that does well on it would say little about speech."""
    _, samples = speech
    hz, power = scipy.signal.welch(samples, SAMPLE_RATE, nperseg=2048)
    assert power[hz < 4000].sum() > 0.9 * power.sum()
    octaves = np.linspace(np.log2(500), np.log2(8000), 50)
    levels = np.interp(octaves, np.log2(hz[1:]), 10 * np.log10(power[1:]))
    assert -12 < np.polyfit(octaves, levels, 1)[0] < -6


def test_it_has_the_rhythm_of_syllables(speech):
    """Loudness would not come and go as it does in speech, 3 to 6 times a second."""
    _, samples = speech
    envelope = np.sqrt(np.mean(samples[: len(samples) // 240 * 240].reshape(-1, 240) ** 2, axis=1))
    hz, power = scipy.signal.welch(envelope - envelope.mean(), 100, nperseg=256)
    band = (hz > 1.5) & (hz < 12)
    weight = hz[band] * power[band]  # an equal share for each octave
    assert 3 < np.average(hz[band], weights=weight) < 6


@pytest.mark.parametrize("pitch_hz", [90.0, 140.0, 220.0])
def test_the_pitch_is_the_one_asked_for(pitch_hz):
    """All narrators would speak at one pitch."""
    samples = speak(clear_voice(), steady(pitch_hz), np.random.default_rng(0))[4800:16_800]
    correlation = scipy.signal.correlate(samples, samples, method="fft")[len(samples) - 1 :]
    lags = np.arange(SAMPLE_RATE // 300, SAMPLE_RATE // 60)
    assert SAMPLE_RATE / lags[np.argmax(correlation[lags])] == pytest.approx(pitch_hz, rel=0.02)


@pytest.mark.parametrize("formants_hz", [VOWEL_HZ, np.array([300.0, 2200.0, 3000.0])])
def test_the_formants_are_where_they_were_put(formants_hz):
    """Vowels would not be told apart. Linear prediction finds them independently."""
    phrase = steady(80.0, formants_hz=formants_hz)
    samples = speak(clear_voice(), phrase, np.random.default_rng(0))[4800:16_800]
    samples = soxr.resample(samples, SAMPLE_RATE, 10_000)
    samples = np.diff(samples) * np.hamming(len(samples) - 1)
    correlation = scipy.signal.correlate(samples, samples)[len(samples) - 1 :][:13]
    predictor = scipy.linalg.solve_toeplitz(correlation[:-1], correlation[1:])
    roots = np.roots([1.0, *-predictor])
    found = np.sort(np.angle(roots[(roots.imag > 0) & (np.abs(roots) > 0.85)])) * 5000 / np.pi
    for hz in formants_hz:
        assert np.min(np.abs(found - hz)) < 0.05 * hz + 40  # half of a harmonic's distance


def test_voice_is_harmonic_and_hiss_is_not():
    """Fricatives would buzz, or vowels hiss."""
    rng = np.random.default_rng(0)
    voiced = speak(clear_voice(), steady(), rng)[2400:21_600]
    hiss = speak(clear_voice(), steady(voicing=0.0, frication=0.5), rng)[2400:21_600]
    period = SAMPLE_RATE // 100
    assert np.corrcoef(voiced[period:], voiced[:-period])[0, 1] > 0.95
    assert abs(np.corrcoef(hiss[period:], hiss[:-period])[0, 1]) < 0.1
    hz, power = scipy.signal.welch(hiss, SAMPLE_RATE, nperseg=512)
    assert np.average(hz, weights=power) == pytest.approx(6000, rel=0.1)


def test_phrases_are_equally_loud_with_silence_between():
    """A narrator would fade, or never draw breath."""
    samples = narrate(draw_narrator(0, 0, 0), 3, np.random.default_rng(0))
    loud = samples != 0
    edges = np.flatnonzero(np.diff(loud.astype(int)))
    pauses = np.diff(edges)[1::2] / SAMPLE_RATE
    assert (np.sort(pauses)[-2:] > 0.25).all()
    assert np.sqrt(np.mean(samples[loud] ** 2)) == pytest.approx(0.1, rel=0.02)
    assert samples.dtype == np.float32
