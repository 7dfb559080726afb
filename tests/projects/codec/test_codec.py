"""Codes and sounds of a codec against `EncodecModel.encode` and `decode`."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_codec import speech, tiny_model

from projects.codec.codec import Codec
from projects.errors import UserError

BANDWIDTHS = {1.5: 2, 3: 4, 6: 8, 12: 16, 24: 32}
SECONDS = (0.25, 1.0, 1.003, 2.0, 3.7)


@pytest.fixture(scope="module")
def codec():
    return Codec(tiny_model().requires_grad_(False), "tiny", "0" * 16)


@pytest.fixture(scope="module")
def talk():
    return [speech(seconds, run=n % 2) for n, seconds in enumerate(SECONDS)]


def own_codes(codec, sound, bandwidth):
    whole = np.pad(sound, (0, -len(sound) % codec.hop)).astype(np.float32)
    with torch.inference_mode():
        encoded = codec.model.encode(torch.from_numpy(whole)[None, None], bandwidth=bandwidth)
    return encoded.audio_codes[0, 0].numpy()


def own_sound(codec, codes):
    with torch.inference_mode():
        rows = torch.from_numpy(codes.astype(np.int64))[None, None]
        return codec.model.decode(rows, [None]).audio_values[0, 0].numpy()


def refusal(call, *arguments):
    with pytest.raises(UserError) as refused:
        call(*arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_it_has_the_rates_of_encodec(codec):
    assert (codec.sample_rate, codec.hop, codec.frame_rate) == (24_000, 320, 75)
    assert (codec.codebook_size, codec.bandwidths) == (1024, tuple(BANDWIDTHS))


@pytest.mark.parametrize(("bandwidth", "count"), BANDWIDTHS.items())
def test_a_bandwidth_buys_the_codebooks_that_encodec_says(codec, talk, bandwidth, count):
    """The seed's table was wrong: its 6 kbit/s would have had another number of codebooks."""
    assert codec.codebooks(bandwidth) == count
    assert codec.kbps(count) == pytest.approx(bandwidth)
    (codes,) = codec.encode(talk[:1], bandwidth)
    assert codes.shape == own_codes(codec, talk[0], bandwidth).shape == (count, 19)


@pytest.mark.parametrize("bandwidth", [7, 0, -6, 48, float("nan")])
def test_a_bandwidth_that_it_has_not_is_refused(codec, bandwidth):
    message = refusal(codec.codebooks, bandwidth)
    assert f"bandwidth: tiny has 1.5, 3, 6, 12, 24 kbit/s, got {bandwidth:g}" in message


@pytest.mark.parametrize("bandwidth", [1.5, 24])
def test_codes_are_those_of_the_whole_model(codec, talk, bandwidth):
    """Stored codes would mean another sound to anyone else who has the codec."""
    for sound, codes in zip(talk, codec.encode(talk, bandwidth), strict=True):
        assert codes.dtype == np.int16
        assert codes.shape[1] == -(-len(sound) // codec.hop)
        np.testing.assert_array_equal(codes, own_codes(codec, sound, bandwidth))


def test_codes_use_many_entries(codec, talk):
    """Else the equalities here would be true of a codec that says nothing."""
    codes = codec.encode(talk, 6)[-1]
    assert all(len(np.unique(row)) > 20 for row in codes)


def test_sound_is_that_of_the_whole_model(codec, talk):
    codes = [each[: 4 + 4 * n] for n, each in enumerate(codec.encode(talk, 24))]
    for each, sound in zip(codes, codec.decode(codes), strict=True):
        assert sound.dtype == np.float32
        assert sound.shape == (each.shape[1] * codec.hop,)
        np.testing.assert_allclose(sound, own_sound(codec, each), atol=1e-5)


def test_a_lower_bandwidth_is_the_first_codebooks_of_a_higher(codec, talk):
    """The rate-distortion curve is measured from one encoding."""
    low, high = codec.encode(talk[:2], 3), codec.encode(talk[:2], 24)
    for few, many in zip(low, high, strict=True):
        np.testing.assert_array_equal(few, many[:4])


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(len(SECONDS))), st.integers(1, len(SECONDS)))
def test_what_a_sound_becomes_does_not_depend_on_its_company(codec, talk, order, count):
    alone = {n: codec.encode([talk[n]], 1.5)[0] for n in order[:count]}
    together = codec.encode([talk[n] for n in order[:count]], 1.5)
    for n, codes in zip(order, together, strict=False):
        np.testing.assert_array_equal(codes, alone[n])


def test_sound_in_other_memory_is_the_same_sound(codec):
    """One channel of a stereo array is strided; numpy's own type is float64."""
    sound = speech(1)
    strided = np.stack([sound, 0 * sound], axis=1)[:, 0]
    for other in (strided, sound.astype(np.float64)):
        np.testing.assert_array_equal(codec.encode([other], 6)[0], codec.encode([sound], 6)[0])


def test_latents_are_what_the_quantiser_makes_of_codes(codec, talk):
    (codes,) = codec.encode(talk[:1], 12)
    rows = torch.from_numpy(codes.astype(np.int64))[:, None]
    expected = codec.model.quantizer.decode(rows)[0]
    torch.testing.assert_close(codec.latents(codes), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (np.full((2, 5), 3.0), "integers, got float64"),
        (np.full((2, 5), 1024), "from 0 to 1023, got 1024 to 1024"),
        (np.array([[0, -1]]), "got -1 to 0"),
        (np.zeros((33, 4), int), "1 to 32 codebooks by frames, got (33, 4)"),
        (np.zeros((0, 4), int), "got (0, 4)"),
        (np.zeros(4, int), "got (4,)"),
    ],
)
def test_what_are_no_codes_is_refused(codec, codes, expected):
    """A predicted code that was never rounded must not be read as the entry below it."""
    assert expected in refusal(codec.latents, codes)
    assert expected in refusal(codec.decode, [codes])
