import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchaudio import transforms

from projects.codec.mel import SILENCE, MelBaseline
from projects.errors import UserError

librosa = pytest.importorskip("librosa")

RATE = 24000
BASELINE = MelBaseline()


def chirp(seconds=2.0, low=200, high=6000):
    """A sweep over faint noise."""
    time = np.arange(round(seconds * RATE)) / RATE
    sweep = 0.3 * np.sin(2 * np.pi * (low + (high - low) / 2 / seconds * time) * time)
    noise = 0.001 * np.random.default_rng(0).standard_normal(len(time))
    return (sweep + noise).astype(np.float32)


def tone(hertz, seconds=1.0):
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(seconds * RATE) / RATE)).astype(np.float32)


def there_and_back(samples, baseline=BASELINE):
    return baseline.sound(baseline.spectrogram(samples), len(samples))


@pytest.mark.parametrize(
    "baseline", [BASELINE, MelBaseline(sample_rate=16000, n_fft=512, hop=200, mels=40)]
)
def test_the_spectrogram_is_librosas(baseline):
    """On another scale, the comparison would be with a baseline that nobody else has."""
    samples = chirp(2.003)
    expected = librosa.feature.melspectrogram(
        y=samples,
        sr=baseline.sample_rate,
        n_fft=baseline.n_fft,
        hop_length=baseline.hop,
        n_mels=baseline.mels,
        pad_mode="reflect",
    )
    log_mel = baseline.spectrogram(samples)
    assert log_mel.dtype == np.float32
    np.testing.assert_allclose(log_mel, np.log(expected.T[: len(log_mel)]), atol=1e-3)


@given(st.integers(513, 5 * RATE))
def test_there_are_as_many_frames_as_the_codec_has(n_samples):
    """One more or less, and the TR grid of the codes would not fit the spectrogram."""
    frames = -(-n_samples // 320)
    samples = np.zeros(n_samples, np.float32)
    assert BASELINE.spectrogram(samples).shape == (frames, 128)
    assert BASELINE.frames(n_samples) == frames


@pytest.mark.parametrize("n_samples", [513, 9599, 9600, 9601, 9919])
def test_the_sound_is_as_long_as_was_asked_for(n_samples):
    """Scores compare sample by sample; a sound cut to whole frames would not line up."""
    sound = there_and_back(chirp()[:n_samples])
    assert sound.shape == (n_samples,)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()


@pytest.mark.parametrize("hertz", [150, 440, 1000, 3000, 9000])
def test_a_tone_comes_back_at_its_frequency_and_loudness(hertz):
    sound = there_and_back(tone(hertz))
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    # A mel band is 26 Hz wide at the bottom and a 33rd of its frequency at the top.
    assert np.argmax(spectrum) == pytest.approx(hertz, abs=13 + hertz / 66)
    assert sound[2400:-2400].std() == pytest.approx(tone(hertz).std(), rel=0.1)


def test_a_chirp_comes_back_with_its_spectrogram():
    log_mel = BASELINE.spectrogram(chirp())
    again = BASELINE.spectrogram(there_and_back(chirp()))
    assert np.corrcoef(log_mel.ravel(), again.ravel())[0, 1] > 0.95


def test_a_click_stays_where_it_was():
    """A frame of offset would cost the baseline every comparison in time."""
    samples = 1e-4 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    samples[10_000:10_050] = 0.5
    assert np.argmax(np.abs(there_and_back(samples))) == pytest.approx(10_025, abs=160)


def test_positive_power_brings_back_more_than_torchaudios_inverse():
    """A baseline weaker than need be would flatter the codec."""
    log_mel = BASELINE.spectrogram(chirp())
    inverse = transforms.InverseMelScale(513, 128, RATE, norm="slaney", mel_scale="slaney")
    power = inverse(torch.from_numpy(log_mel).T.exp())
    theirs = transforms.GriffinLim(1024, 32, hop_length=320, rand_init=False)(power).numpy()
    ours = there_and_back(chirp())[: len(theirs)]
    error = [
        np.abs(BASELINE.spectrogram(sound) - log_mel[: BASELINE.frames(len(sound))]).mean()
        for sound in (ours, theirs)
    ]
    assert error[0] < 0.8 * error[1]


def test_the_same_spectrogram_gives_the_same_sound():
    """A baseline that changes from run to run cannot be gated on."""
    np.testing.assert_array_equal(there_and_back(chirp()), there_and_back(chirp()))


def test_half_precision_as_counted_in_the_bit_rate_is_enough():
    log_mel = BASELINE.spectrogram(chirp())
    stored = BASELINE.spectrogram(BASELINE.sound(log_mel.astype(np.float16), len(chirp())))
    exact = BASELINE.spectrogram(BASELINE.sound(log_mel, len(chirp())))
    assert np.abs(stored - exact).mean() < 0.1


def test_bits_a_second_are_those_of_the_stored_array():
    """153.6 kbps: beside the codec's 6, the baseline is no cheap one."""
    seconds = 4
    stored = BASELINE.spectrogram(chirp(seconds)).astype(np.float16)
    assert BASELINE.kbps == pytest.approx(stored.nbytes * 8 / seconds / 1000)
    assert MelBaseline(mels=64).kbps == BASELINE.kbps / 2


def test_digital_silence_is_finite_and_stays_silent():
    log_mel = BASELINE.spectrogram(np.zeros(RATE, np.float32))
    np.testing.assert_allclose(log_mel, SILENCE)
    assert np.abs(BASELINE.sound(log_mel, RATE)).max() < 1e-3


@pytest.mark.parametrize("samples", [np.zeros(512), np.zeros((2, RATE)), np.zeros(0)])
def test_what_is_no_single_channel_of_a_window_is_refused(samples):
    with pytest.raises(UserError, match="one channel of more than 512 samples, got shape"):
        BASELINE.spectrogram(samples.astype(np.float32))


@pytest.mark.parametrize(("frames", "mels"), [(74, 128), (76, 128), (75, 64)])
def test_a_spectrogram_of_another_shape_is_refused(frames, mels):
    """Transposed or cut short, it would give sound, and a wrong one."""
    with pytest.raises(UserError, match="75 frames and 128 mels for 24000 samples, got shape"):
        BASELINE.sound(np.zeros((frames, mels), np.float32), RATE)


@pytest.mark.parametrize("settings", [{"hop": 513}, {"hop": 0}, {"mels": 0}, {"window": 1024}])
def test_settings_without_a_way_back_are_refused(settings):
    with pytest.raises(ValueError, match="validation error"):
        MelBaseline(**settings)
