import numpy as np
import pytest
from tiny_codec import save_tiny_codec, speech

from projects.codec.load import load_codec
from projects.codec.mel import MelBaseline
from projects.codec.reconstruct import MEL, reconstruct, system_name

SECONDS = 1.6


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    return load_codec(str(save_tiny_codec(tmp_path_factory.mktemp("codec"))))


@pytest.fixture(scope="module")
def clip():
    return speech(SECONDS)


@pytest.fixture(scope="module")
def made(codec, clip):
    return reconstruct(codec, clip)


def test_each_bandwidth_gives_what_the_codec_gives_when_asked_for_it_alone(codec, clip, made):
    """The clip is encoded once for all; were codes not nested, low rates would be another codec."""
    for bandwidth in codec.bandwidths:
        codes = codec.encode([clip], bandwidth)
        (sound,) = codec.decode(codes)
        np.testing.assert_array_equal(made.codes[: len(codes[0])], codes[0])
        np.testing.assert_allclose(made.sounds[system_name(bandwidth)], sound, atol=1e-6)


def test_the_baseline_is_the_mel_spectrogram_on_the_codecs_frames(clip, made):
    baseline = MelBaseline()
    expected = baseline.sound(baseline.spectrogram(clip), len(clip))
    np.testing.assert_allclose(made.sounds[MEL], expected, atol=1e-6)


def test_bits_are_those_of_the_advertised_bandwidth(made):
    """A table that said 6 kbps and stored 6.4 would flatter the codec."""
    kbps = {system: bits / SECONDS / 1000 for system, bits in made.bits.items()}
    assert kbps == pytest.approx(
        {"1.5kbps": 1.5, "3kbps": 3, "6kbps": 6, "12kbps": 12, "24kbps": 24, MEL: 153.6}
    )


def test_every_system_gives_back_as_many_samples_as_it_got(codec):
    """A frame too many, and every metric would refuse the clip."""
    clip = speech(1.0)[:23_999]
    assert {len(sound) for sound in reconstruct(codec, clip).sounds.values()} == {23_999}
