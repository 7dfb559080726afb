from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import soundfile
import torch

from projects.audio.decode import Sound, decode
from projects.species.front_ends.log_mel import LogMel

librosa = pytest.importorskip("librosa")

RATE = 22050
REAL = Path(__file__).parents[4] / ".." / "shared" / "data" / "esc_animals" / "audio"
FRONT_END = LogMel()


def chirps(seconds=5, rate=RATE):
    """A song over pink-ish noise, as a recorder hears it."""
    random = np.random.default_rng(0)
    time = np.arange(seconds * rate) / rate
    noise = scipy.signal.lfilter([1], [1, -0.95], random.standard_normal(len(time))) * 0.01
    song = 0.3 * np.sin(2 * np.pi * (3000 + 800 * np.sin(12 * time)) * time)
    return (noise + song * (np.sin(9 * time) > 0)).astype(np.float32)


def reference(samples):
    """The seed's features, (frames, mels): librosa's log-mel, normalised."""
    mel = librosa.feature.melspectrogram(y=samples, sr=RATE, n_fft=2048, hop_length=512, n_mels=128)
    log_mel = librosa.power_to_db(mel, ref=np.max)
    return ((log_mel - log_mel.mean()) / log_mel.std()).T


def librosa_prepared(path):
    samples, _ = librosa.load(path, sr=RATE, res_type="soxr_hq")
    sections = scipy.signal.butter(5, 500, "highpass", fs=RATE, output="sos")
    return scipy.signal.sosfilt(sections, samples).astype(np.float32)[: 4 * RATE]


def ours(samples):
    return FRONT_END.normalised(FRONT_END.log_energies(torch.from_numpy(samples)[None]))[0].numpy()


def difference(samples, expected):
    return np.abs(ours(samples) - expected).max() / np.ptp(expected)


@pytest.mark.parametrize("rate", [RATE, 44100, 48000, 96000])
def test_features_from_a_file_are_librosas(tmp_path, rate):
    """Features of another scale would make nonsense of a model trained on librosa's."""
    soundfile.write(tmp_path / "chirps.wav", chirps(rate=rate), rate, subtype="FLOAT")
    prepared = FRONT_END.prepared(decode(tmp_path / "chirps.wav"))[: 4 * RATE]
    expected = reference(librosa_prepared(tmp_path / "chirps.wav"))
    assert difference(prepared, expected) < 1e-3


@pytest.mark.skipif(not REAL.is_dir(), reason=f"no real recordings at {REAL}")
@pytest.mark.parametrize("number", [0, 100, 200])
def test_features_of_real_recordings_are_librosas(number):
    path = sorted(REAL.glob("*.flac"))[number]
    prepared = FRONT_END.prepared(decode(path))[: 4 * RATE]
    assert difference(prepared, reference(librosa_prepared(path))) < 1e-3


def test_half_precision_in_the_store_changes_nothing_that_matters():
    log_energies = FRONT_END.log_energies(torch.from_numpy(chirps(4))[None])
    stored = log_energies.half().float()
    exact, rounded = FRONT_END.normalised(log_energies), FRONT_END.normalised(stored)
    assert (exact - rounded).abs().max() / (exact.max() - exact.min()) < 1e-3


def test_four_seconds_are_173_frames_of_128_mels_time_first():
    """Transposed features run through an AST without an error, and teach it nothing."""
    time = torch.arange(4 * RATE) / RATE
    late = torch.sin(2 * torch.pi * 3000 * time) * (time > 2)
    features = FRONT_END.log_energies(late[None])
    assert features.shape == (1, FRONT_END.frames, FRONT_END.mels) == (1, 173, 128)
    assert features[0, :80].max() < features[0, 90:].max() - 40
    centres = librosa.mel_frequencies(n_mels=130, fmax=RATE / 2)[1:-1]
    loudest = int(features[0, 130].argmax())
    assert centres[loudest] == pytest.approx(3000, rel=0.03)


@pytest.mark.parametrize("seconds", [1, 1.025, 2.5, 4, 7.3, 30])
def test_the_promised_frames_are_the_frames(seconds):
    """A model is built for `frames`: one more or less would not fit."""
    front_end = LogMel(segment_seconds=seconds)
    features = front_end.log_energies(torch.randn(1, front_end.segment_samples))
    assert features.shape[1] == front_end.frames


def test_a_clip_does_not_depend_on_its_batch():
    """Normalised over the batch, a quiet clip would vanish beside a loud one."""
    clips = torch.from_numpy(np.stack([chirps(4), 0.01 * chirps(4)[::-1].copy()]))
    together = FRONT_END.normalised(FRONT_END.log_energies(clips))
    for number, clip in enumerate(clips):
        np.testing.assert_allclose(together[number], ours(clip.numpy()), atol=1e-4)


def test_loudness_of_the_recording_does_not_matter():
    np.testing.assert_allclose(ours(0.1 * chirps(4)), ours(chirps(4)), atol=0.01)


def test_normalised_features_have_zero_mean_and_unit_variance():
    features = ours(chirps(4))
    assert abs(features.mean()) < 1e-4
    assert features.std() == pytest.approx(1, abs=1e-3)


def test_a_constant_spectrogram_is_not_divided_by_zero():
    assert torch.isfinite(FRONT_END.normalised(torch.zeros(1, 173, 128))).all()


def test_power_undoes_the_logarithm():
    """Background noise adds up in power: 10 dB are ten times."""
    log_energies = FRONT_END.log_energies(torch.from_numpy(chirps(4))[None])
    power = FRONT_END.power(log_energies)
    assert float(FRONT_END.power(torch.tensor(-10.0))) == pytest.approx(0.1)
    np.testing.assert_allclose(FRONT_END.log_power(power), log_energies, atol=1e-3)


def test_the_high_pass_silences_what_lies_below():
    hum = np.sin(2 * np.pi * 60 * np.arange(5 * RATE) / RATE).astype(np.float32)
    assert np.abs(FRONT_END.prepared(Sound(hum, RATE))[RATE:]).max() < 1e-3
    assert np.abs(LogMel(high_pass=0).prepared(Sound(hum, RATE))).max() > 0.9
