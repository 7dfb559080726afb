import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng

from evaluation.quality.metrics import HIGHER_IS_BETTER, QUALITY
from evaluation.quality.pair import SILENCE, UnscorableClip

RATE = 24_000


def spoilt(sound, value):
    broken = sound.copy()
    broken[100] = value
    return broken


def refusal(name, *arguments):
    with pytest.raises(UnscorableClip) as error:
        QUALITY[name](*arguments)
    message = str(error.value)
    assert "\n" not in message
    assert error.value.exit_code == 1
    return message


@pytest.mark.parametrize("name", QUALITY)
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda sound: 0 * sound, "is silent"),
        (lambda sound: 0 * sound + 0.3, "is silent"),
        (lambda sound: 0.9 * SILENCE * np.sign(sound), "is silent"),
        (lambda sound: spoilt(sound, np.nan), "1 of 72000 samples of the"),
        (lambda sound: spoilt(sound, np.inf), "1 of 72000 samples of the"),
        (lambda sound: spoilt(sound, -1e30), "1 of 72000 samples of the"),
        (lambda sound: sound[:-1], "one length"),
        (lambda sound: sound[::2], "one rate"),
        (lambda sound: np.stack([sound, sound]), "mono"),
    ],
)
def test_what_cannot_be_compared_gets_a_reason_and_no_number(name, spoil, says, speech, noisy):
    """Averaged in as some number, a failed reconstruction would look like a poor or a fair one."""
    assert says in refusal(name, speech, spoil(noisy(20)), RATE)
    assert says in refusal(name, spoil(speech), noisy(20), RATE)


@pytest.mark.parametrize("name", QUALITY)
def test_which_of_the_two_is_silent_is_said(name, speech):
    """A silent estimate is the model's failure, a silent reference the data's."""
    assert "the estimate is silent" in refusal(name, speech, 0 * speech, RATE)
    assert "the reference is silent" in refusal(name, 0 * speech, speech, RATE)


@pytest.mark.parametrize("name", QUALITY)
def test_an_empty_clip_is_refused(name):
    refusal(name, np.zeros(0), np.zeros(0), RATE)


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("pesq_wb", 15_999),
        ("pesq_nb", 7_999),
        ("stoi", 9_999),
        ("log_mel_distance", 16_000),
        ("si_sdr", 0),
    ],
)
def test_sound_below_the_rate_of_the_metric_is_refused(name, rate, speech, noisy):
    """Brought up, its upper bands would be empty in both and count as perfect."""
    assert f"got {rate} Hz" in refusal(name, speech, noisy(20), rate)


@pytest.mark.parametrize("name", ["pesq_nb", "stoi"])
def test_a_song_above_the_band_of_the_metric_is_silent_to_it(name):
    """The score of a 7 kHz song would otherwise be that of what leaks through the resampling."""
    song = 0.5 * np.sin(2 * np.pi * 7000 * np.arange(2 * RATE) / RATE) * np.hanning(2 * RATE)
    assert "the reference at" in refusal(name, song, song[::-1].copy(), RATE)


@pytest.mark.parametrize("name", QUALITY)
def test_more_noise_is_worse(name, speech, noisy):
    """With a sign wrong, the worst codec would be promoted."""
    scores = [QUALITY[name](speech, noisy(ratio), RATE) for ratio in (0, 10, 20, 30)]
    steps = np.diff(scores)
    assert (steps > 0).all() if HIGHER_IS_BETTER[name] else (steps < 0).all()


@pytest.mark.parametrize("name", QUALITY)
def test_metrics_leave_the_callers_sounds_as_they_were(name, speech, noisy):
    reference, estimate = speech.copy(), noisy(20)
    kept = estimate.copy()
    QUALITY[name](reference, estimate, RATE)
    assert np.array_equal(reference, speech)
    assert np.array_equal(estimate, kept)


@pytest.mark.parametrize("name", QUALITY)
def test_float32_sound_scores_as_float64_does(name, speech, noisy):
    """Models answer in float32."""
    single = QUALITY[name](speech.astype(np.float32), noisy(20).astype(np.float32), RATE)
    assert single == pytest.approx(QUALITY[name](speech, noisy(20), RATE), abs=2e-3)


@st.composite
def clips(draw):
    """Noise at any level, cut and thinned out, now and then with a sample beyond all measure."""
    random = default_rng(draw(st.integers(0, 2**32 - 1)))
    length = draw(st.integers(0, 24_000))
    start, end = sorted((draw(st.integers(0, length)), draw(st.integers(0, length))))
    sound = random.normal(size=length) * 10 ** draw(st.floats(-8, 3))
    sound *= random.random(length) < draw(st.sampled_from([0.001, 0.1, 1.0]))
    sound[:start] = 0
    if draw(st.booleans()):
        sound[end:] = 0
    sound[random.integers(0, length, min(length, 2))] += draw(
        st.sampled_from([0, 0, 0, 1, 1e5, np.nan, np.inf])
    )
    return sound


@pytest.mark.parametrize("name", QUALITY)
@settings(max_examples=60)
@given(reference=clips(), estimate=clips(), aligned=st.booleans())
def test_any_sound_gets_a_finite_score_or_a_reason(name, reference, estimate, aligned):
    """One odd clip must not end the scoring of a thousand, nor turn their mean into NaN."""
    if aligned:
        estimate = np.resize(estimate, len(reference)) + reference
    try:
        score = QUALITY[name](reference, estimate, RATE)
    except UnscorableClip:
        return
    assert isinstance(score, float)
    assert np.isfinite(score)
