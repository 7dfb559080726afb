"""From a recording of any length and rate to probabilities."""

import numpy as np
import pytest
import torch

from projects.audio.decode import RecordingError, Sound
from projects.species.classifier import SpeciesClassifier
from projects.species.front_ends.log_mel import LogMel
from projects.species.models.ast import build_ast

LABELS = ["chiff", "chaff", "wren"]
RATE = 22050


@pytest.fixture(scope="module")
def classifier() -> SpeciesClassifier:
    torch.manual_seed(0)
    front_end = LogMel(segment_seconds=1)
    model = build_ast(LABELS, front_end.frames, 128, embedding_size=16, depth=1, heads=2)
    return SpeciesClassifier(model.eval(), front_end, LABELS, frozenset({"a", "b"}))


def song(seconds: float, rate: int = RATE, pitch: float = 3000) -> np.ndarray:
    times = np.arange(round(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * pitch * times) * (times % 0.2 < 0.1)).astype(np.float32)


@pytest.mark.parametrize(("seconds", "rate"), [(0.3, 22050), (1, 8000), (7.77, 44100), (61, 16000)])
def test_any_length_and_rate_gives_probabilities(classifier, seconds, rate):
    probabilities = classifier.probabilities(Sound(song(seconds, rate), rate))
    assert probabilities.shape == (3,)
    assert probabilities.sum() == pytest.approx(1)
    assert (probabilities > 0).all()


def test_a_segment_is_answered_as_the_network_answers_it(classifier):
    """Otherwise what is served is not what was trained; AST takes time first."""
    samples = song(1)
    front_end = classifier.front_end
    prepared = torch.from_numpy(front_end.prepared(Sound(samples, RATE)))[None]
    features = front_end.normalised(front_end.log_energies(prepared))
    assert features.shape == (1, front_end.frames, front_end.mels)
    expected = classifier.model(features).logits.softmax(-1)[0].detach().numpy()
    got = classifier.probabilities(Sound(samples, RATE))
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_a_minute_of_near_silence_does_not_outweigh_a_song(classifier):
    """Averaging over all windows alike would dilute one song in a long recording."""
    random = np.random.default_rng(0)
    quiet = (1e-4 * random.normal(size=20 * RATE)).astype(np.float32)
    alone = classifier.probabilities(Sound(song(4), RATE))
    within = quiet.copy()
    within[8 * RATE : 12 * RATE] += song(4)
    found = classifier.probabilities(Sound(within, RATE))
    silence = classifier.probabilities(Sound(quiet, RATE))
    assert np.abs(found - alone).max() < np.abs(found - silence).max()


def test_nothing_above_the_high_pass_is_an_error_not_a_species(classifier):
    constant = np.full(RATE, 0.0, dtype=np.float32)
    with pytest.raises(RecordingError, match="high-pass"):
        classifier.probabilities(Sound(constant, RATE))


def test_what_is_saved_answers_as_before(classifier, tmp_path):
    classifier.save(tmp_path)
    loaded = SpeciesClassifier.load(tmp_path)
    assert loaded.labels == LABELS
    assert loaded.front_end == classifier.front_end
    assert loaded.seen_audio == {"a", "b"}
    sound = Sound(song(2.5), RATE)
    np.testing.assert_array_equal(loaded.probabilities(sound), classifier.probabilities(sound))
