"""A recording of any length, heard through by a network that knows two pitches and quiet."""

from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.errors import UserError
from projects.species import detector as module
from projects.species.classifier import SpeciesClassifier
from projects.species.detector import Detector
from projects.species.front_ends.log_mel import LogMel

RATE = 8000
LOW, HIGH = 2000, 3500


class PitchNetwork(torch.nn.Module):
    """Hears a pitch where its mel band is loud over the middle of a segment."""

    device = torch.device("cpu")

    def forward(self, features: torch.Tensor) -> SimpleNamespace:
        frames = features.shape[1]
        middle = features[:, frames // 4 : -(frames // 4)].mean(1)
        low, high = (middle[:, band - 2 : band + 3].amax(1) for band in (64, 85))
        return SimpleNamespace(logits=10 * torch.stack([low, high, torch.full_like(low, 1.8)], 1))


def listener(hop=0.5, threshold=0.5, activity=0.0, segment_seconds=1.0) -> Detector:
    front_end = LogMel(segment_seconds=segment_seconds)
    labels = ["low", "high", "quiet"]
    classifier = SpeciesClassifier(PitchNetwork(), front_end, labels, frozenset())
    return Detector(classifier, hop, threshold, activity)


def hiss(seconds, seed=0):
    random = np.random.default_rng(seed)
    return 0.002 * random.standard_normal(round(seconds * RATE)).astype(np.float32)


def sing(samples, start, seconds, pitch=LOW):
    times = np.arange(round(seconds * RATE)) / RATE
    samples[round(start * RATE) :][: len(times)] += 0.2 * np.sin(2 * np.pi * pitch * times)


def heard(tmp_path, samples, detector=None):
    soundfile.write(tmp_path / "sound.wav", samples, RATE)
    detector = detector or listener()
    found = detector.annotations(tmp_path / "sound.wav", lambda seconds: None)
    return [each for each in found if each.species != "quiet"]


def heard_both(tmp_path, samples):
    """The one low call and the one high call, in this order."""
    low, high = heard(tmp_path, samples)
    assert (low.species, high.species) == ("low", "high")
    return low, high


def test_a_call_in_the_second_hour_comes_out_at_its_second(tmp_path):
    """Times that drift send a bioacoustician to the wrong place in the recording."""
    samples = np.zeros(3700 * RATE, np.float32)
    samples[3600 * RATE :] = hiss(100)
    sing(samples, 3671.5, 3.0)
    (call,) = heard(tmp_path, samples)
    assert call.species == "low"
    assert call.start == pytest.approx(3671.5, abs=0.5)
    assert call.end == pytest.approx(3674.5, abs=0.5)
    assert call.probability > 0.9


def test_a_call_over_the_end_of_a_stretch_is_one_call(tmp_path):
    """Counted twice, a bird that sings at full minutes would be two."""
    samples = hiss(130)
    sing(samples, 58.5, 3.0)
    sing(samples, 119.6, 0.8, HIGH)
    low, high = heard_both(tmp_path, samples)
    assert low.start == pytest.approx(58.5, abs=0.5)
    assert low.end == pytest.approx(61.5, abs=0.5)
    assert high.start < 120 < high.end


def test_where_the_recording_is_cut_into_stretches_changes_nothing(tmp_path, monkeypatch):
    """The filter or the resampler would colour the sound anew every minute."""
    samples = hiss(40)
    for start in range(1, 40, 3):
        sing(samples, start, 1.2, LOW if start % 2 else HIGH)
    # Each answer by itself: from the threshold 0 on, every label of every window counts.
    monkeypatch.setattr(module, "merged", list)
    answers = []
    for seconds in (60, 7):
        monkeypatch.setattr(module, "STRETCH_SECONDS", seconds)
        answers.append(heard(tmp_path, samples, listener(threshold=0, activity=-1)))
    whole, cut = answers
    assert len(whole) == 2 * 79
    assert [(a.start, a.end, a.species) for a in whole] == [
        (a.start, a.end, a.species) for a in cut
    ]
    np.testing.assert_allclose(
        [a.probability for a in whole], [a.probability for a in cut], atol=0.01
    )


def test_each_of_two_calls_is_found_with_its_own_species(tmp_path):
    samples = hiss(30)
    sing(samples, 5, 2)
    sing(samples, 20, 2, HIGH)
    low, high = heard_both(tmp_path, samples)
    assert low.end < 8 and high.start > 19


def test_an_annotation_is_not_wider_than_a_call_by_more_than_a_window(tmp_path):
    """The union of windows that overlap would be wider than the call by two windows."""
    samples = hiss(30)
    sing(samples, 10, 6)
    (call,) = heard(tmp_path, samples, listener(hop=0.25, segment_seconds=2))
    assert call.start == pytest.approx(10, abs=1)
    assert call.end == pytest.approx(16, abs=1)


@settings(max_examples=25, deadline=None)
@given(
    frames=st.integers(RATE // 4, 15 * RATE),
    hop=st.floats(0.1, 1.0),
    stretch=st.integers(1, 6),
)
def test_windows_answer_for_all_of_a_recording(tmp_path_factory, frames, hop, stretch):
    """The last second, or one between two windows, would never be annotated."""
    path = tmp_path_factory.mktemp("sound") / "sound.wav"
    soundfile.write(path, hiss(frames / RATE), RATE)
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "STRETCH_SECONDS", stretch)
        found = listener(hop, threshold=0, activity=-1).annotations(path, told.append)
    assert sorted(each.species for each in found) == ["high", "low", "quiet"]
    for each in found:
        assert each.start == 0
        assert each.end == pytest.approx(frames / RATE, abs=1e-3)
    assert sum(told) == pytest.approx(frames / RATE)


def test_quiet_windows_are_not_asked(tmp_path):
    """A closed set of species has a name for silence too."""
    assert heard(tmp_path, hiss(20), listener(threshold=0, activity=3)) == []
    samples = hiss(20)
    sing(samples, 12, 1)
    asked = heard(tmp_path, samples, listener(threshold=0, activity=3))
    assert asked
    assert all(each.start >= 11 and each.end <= 14 for each in asked)


def test_digital_silence_is_listened_to_and_nothing_is_heard(tmp_path):
    """A muted recorder would end a night's job."""
    assert heard(tmp_path, np.zeros(70 * RATE), listener(threshold=0, activity=-1)) == []


def test_windows_with_gaps_between_them_are_refused():
    """Calls in the gaps would be missed without a word."""
    with pytest.raises(UserError, match="hop: expected at most 1 s"):
        listener(hop=1.5)
