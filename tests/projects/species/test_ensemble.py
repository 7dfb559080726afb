"""Several networks that answer as one."""

import numpy as np
import pytest
import torch

from projects.audio.decode import Sound
from projects.errors import UserError
from projects.species.classifier import SpeciesClassifier
from projects.species.ensemble import SpeciesEnsemble, load_classifier
from projects.species.front_ends.ast_fbank import AstFbank
from projects.species.front_ends.front_end import FrontEnd
from projects.species.front_ends.log_mel import LogMel
from projects.species.models.mfcc_cnn import build_mfcc_cnn

RATE = 22050
LABELS = ["chaff", "chiff", "wren"]
SONG = Sound(np.random.default_rng(0).normal(size=3 * RATE).astype(np.float32), RATE)


def member(
    seed: int, labels: list[str] = LABELS, front_end: FrontEnd | None = None
) -> SpeciesClassifier:
    torch.manual_seed(seed)
    model = build_mfcc_cnn(labels, 128, coefficients=20).eval()
    end = front_end or LogMel(segment_seconds=1)
    return SpeciesClassifier(model, end, labels, frozenset({f"sound-{seed}"}))


def test_it_answers_the_weighted_mean_of_its_members():
    first, second = member(0), member(1, front_end=AstFbank(segment_seconds=1))
    found = SpeciesEnsemble([first, second], [0.25, 0.75]).probabilities(SONG)
    expected = 0.25 * first.probabilities(SONG) + 0.75 * second.probabilities(SONG)
    np.testing.assert_allclose(found, expected)
    assert found.sum() == pytest.approx(1)


def test_sure_members_answer_with_a_probability_of_at_most_one():
    """An evaluation refuses the 1.0000000000000002 that rounded weights sum to."""
    sure = [member(seed) for seed in range(4)]
    for each in sure:
        with torch.no_grad():
            each.model.classifier.bias.copy_(torch.tensor([0.0, 800.0, 0.0]))
    ensemble = SpeciesEnsemble(sure, [0.2, 0.4, 0.3, 0.1])
    assert ensemble.probabilities(SONG).tolist() == [0, 1, 0]


def test_members_that_order_their_labels_differently_are_joined_by_name():
    """By place, one member's wren would be added to another's chaffinch."""
    one = member(0)
    other = member(1, labels=["wren", "chaff", "chiff"])
    found = SpeciesEnsemble([one, other], [0.0, 1.0]).probabilities(SONG)
    np.testing.assert_allclose(found, other.probabilities(SONG)[[1, 2, 0]])


def test_members_of_other_labels_are_refused():
    with pytest.raises(UserError, match="'robin' is known to some only"):
        SpeciesEnsemble([member(0), member(1, labels=["chaff", "chiff", "robin"])], [0.5, 0.5])


def test_all_that_a_member_has_heard_the_ensemble_has_heard():
    """Else it would be tested on a member's training recordings."""
    assert SpeciesEnsemble([member(0), member(1)], [1.0, 0.0]).seen_audio == {"sound-0", "sound-1"}


def test_what_was_saved_loads_again_and_answers_the_same(tmp_path):
    ensemble = SpeciesEnsemble([member(0), member(1)], [0.3, 0.7])
    ensemble.save(tmp_path / "saved")
    again = load_classifier(tmp_path / "saved")
    np.testing.assert_array_equal(again.probabilities(SONG), ensemble.probabilities(SONG))
    assert again.seen_audio == ensemble.seen_audio


def test_windows_are_answered_when_all_members_hear_alike():
    """So that long recordings can be annotated with an ensemble."""
    ensemble = SpeciesEnsemble([member(0), member(1)], [0.5, 0.5])
    windows, _ = ensemble.front_end.windows(ensemble.front_end.prepared(SONG))
    answers = ensemble.window_probabilities(windows)
    np.testing.assert_allclose(answers.sum(axis=1), 1)
    unlike = SpeciesEnsemble([member(0), member(1, front_end=LogMel(segment_seconds=2))], [1, 0])
    with pytest.raises(UserError, match="annotate with one of the members"):
        _ = unlike.front_end
