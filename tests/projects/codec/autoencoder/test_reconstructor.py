"""Sound in, sound out, by an autoencoder of random weights."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_codec import speech
from tiny_reconstructor import make_reconstructor

from projects.audio.decode import Sound
from projects.codec.autoencoder.reconstructor import SETTINGS, Reconstructor
from projects.codec.load import load_codec
from projects.codec.tr_grid import TrGrid
from projects.errors import UserError


@pytest.fixture(scope="module")
def reconstructor(tmp_path_factory) -> Reconstructor:
    return make_reconstructor(tmp_path_factory.mktemp("codec"))


@pytest.fixture
def saved(reconstructor, tmp_path):
    reconstructor.save(tmp_path / "saved")
    return tmp_path / "saved"


def test_saved_and_loaded_it_gives_the_same_sound(reconstructor, saved):
    """What is served would not be what was trained."""
    again = Reconstructor.load(saved)
    sound = Sound(speech(2), 24_000)
    np.testing.assert_array_equal(again.sound(sound).samples, reconstructor.sound(sound).samples)
    assert (again.bandwidth, again.tr, again.seen) == (1.5, 1.5, reconstructor.seen)
    assert again.codec.digest == reconstructor.codec.digest


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seconds=st.floats(0.01, 4), rate=st.sampled_from([8000, 16_000, 22_050, 24_000, 44_100]))
def test_as_much_sound_comes_back_as_went_in(reconstructor, seconds, rate):
    """A sound that ends early, or trails off in padding, cannot be laid beside its original."""
    count = max(1, round(seconds * rate))
    noise = np.random.default_rng(0).standard_normal(count).astype(np.float32) / 10
    made = reconstructor.sound(Sound(noise, rate))
    assert made.sample_rate == 24_000
    assert abs(len(made.samples) - count * 24_000 / rate) <= 1
    assert np.isfinite(made.samples).all()


def test_what_comes_back_is_the_decoding_of_the_networks_own_codes(reconstructor):
    """And not of the true codes, which would make any bottleneck look perfect."""
    (codes,) = reconstructor.codec.encode([speech(2)], 1.5)
    predicted = reconstructor.codes(codes)
    assert predicted.shape == codes.shape
    assert (predicted != codes).any()
    (sound,) = reconstructor.codec.decode([predicted])
    ours = reconstructor.sound(Sound(speech(2), 24_000))
    np.testing.assert_allclose(ours.samples, sound[: len(ours.samples)], atol=1e-5)


def test_each_tr_goes_through_the_bottleneck_alone(reconstructor):
    """A later TR that shaped an earlier one could not be read from the fMRI of its time."""
    (codes,) = reconstructor.codec.encode([speech(4)], 1.5)
    edge = int(TrGrid(1.5, 75.0, codes.shape[1]).edges[1])
    changed = codes.copy()
    changed[:, edge:] = 0
    before, after = reconstructor.codes(codes), reconstructor.codes(changed)
    np.testing.assert_array_equal(before[:, :edge], after[:, :edge])
    assert (before[:, edge:] != after[:, edge:]).any()


def test_another_codec_than_the_trained_one_is_refused(saved, tmp_path):
    """Codes are names: with another codec's entries behind them they are noise."""
    codec = load_codec(str(saved / "codec"))
    with torch.no_grad():
        codec.model.quantizer.layers[0].codebook.embed[0] += 1
    codec.model.save_pretrained(saved / "codec")
    with pytest.raises(UserError, match="it would speak another language"):
        Reconstructor.load(saved)


def test_it_holds_no_pickle_and_loads_none(saved):
    """Loading someone's model must not run their code."""
    assert {path.suffix for path in saved.rglob("*") if path.is_file()} == {".json", ".safetensors"}
    weights = saved / "network/model.safetensors"
    torch.save({"weight": torch.ones(1)}, saved / "network/pytorch_model.bin")
    weights.unlink()
    with pytest.raises(UserError, match="expected an autoencoder in"):
        Reconstructor.load(saved)


@pytest.mark.parametrize("lost", ["network", "codec", SETTINGS])
def test_a_part_that_is_missing_is_named_in_one_line(saved, lost):
    path = saved / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(UserError, match=lost) as refused:
        Reconstructor.load(saved)
    assert "\n" not in str(refused.value)


def test_what_stands_beside_the_weights_can_be_read_by_a_person(saved, reconstructor):
    settings = json.loads((saved / SETTINGS).read_text())
    assert settings["codec_digest"] == reconstructor.codec.digest
    assert settings["seen"] == [["trained on", 0, 30]]


def test_a_codec_at_another_bit_rate_does_not_fit(reconstructor):
    with pytest.raises(UserError, match="expected 2 codebooks"):
        replace(reconstructor, bandwidth=3.0).sound(Sound(speech(1), 24_000))
