"""A candidate judged on sound, as it is served, beside the champion."""

from dataclasses import replace

import mlflow
import pytest
from candidates import measured
from hypothesis import given
from hypothesis import strategies as st
from local_store import local_store
from tiny_codec import speech
from tiny_reconstructor import make_reconstructor

from evaluation.reconstruction import TestClip
from evaluation.served import load_served
from projects.audio.decode import Sound
from projects.codec.autoencoder.judgement import KIND, Judge, unheard_clips
from projects.codec.autoencoder.packaging import log_reconstructor
from projects.codec.autoencoder.seen import Seen
from projects.errors import UserError
from projects.parallel import FanOut
from registry.versions import register_candidate

NAMES = "xyz"


def clip(audio: str, start: float = 0.0, seconds: float = 1.0) -> TestClip:
    run = NAMES.index(audio) % 2
    begin = NAMES.index(audio) + start
    samples = speech(begin + seconds, run)[round(begin * 24_000) :]
    return TestClip(f"{audio}@{start}s", f"group {audio}", audio, start, Sound(samples, 24_000))


CLIPS = [clip(audio, start) for audio in NAMES for start in (0.0, 1.0, 2.0)]
HEARD = st.lists(st.tuples(st.sampled_from(NAMES), st.floats(0, 3), st.floats(0.01, 2)))


@given(HEARD)
def test_no_clip_is_kept_that_shares_sound_with_what_was_heard(stretches):
    """A model is never scored on what it or its codec has heard."""
    seen = Seen.from_rows([(name, since, since + length) for name, since, length in stretches])
    left = [
        each
        for each in CLIPS
        if not any(
            name == each.audio and max(since, each.start) < min(since + length, each.start + 1)
            for name, since, length in stretches
        )
    ]
    if left:
        assert unheard_clips(seen, CLIPS) == left
    else:
        with pytest.raises(UserError, match="has heard all of these 9 clips"):
            unheard_clips(seen, CLIPS)


@pytest.fixture
def store(tmp_path, empty_database):
    with local_store(empty_database, tmp_path):
        yield mlflow.create_experiment("codec")


@pytest.mark.slow
def test_what_either_has_heard_is_left_out_of_the_comparison(store, tmp_path):
    """On its own training sound a champion would seem better, and a better candidate be refused."""
    (tmp_path / "easy.yaml").write_text(
        'name: easy\nrules:\n  - {metric: unscored, pass: "<= 1"}\n'
        "champion: {metric: si_sdr, margin: 1000}\n"
    )
    judge = Judge.of("easy.yaml", FanOut(workers=1))
    clips = [clip(audio) for audio in NAMES]

    def judged(seen: Seen, seed: int):
        made = replace(make_reconstructor(tmp_path / "codec", seed), seen=seen)
        with mlflow.start_run(experiment_id=store):
            version = register_candidate(log_reconstructor(made), "voice")
            served = load_served(f"models:/voice/{version.version}", KIND, "seen")
            return judge.evaluate_and_promote(version, served, clips)

    first, decision = judged(Seen.whole("x"), seed=0)
    assert decision.promoted
    assert first.scores.item_ids == ["y@0.0s", "z@0.0s"]
    second, decision = judged(Seen.whole([]), seed=1)
    assert second.scores.item_ids == ["x@0.0s", "y@0.0s", "z@0.0s"]
    ours, theirs = (each.scores.values["si_sdr"] for each in (second, first))
    difference, *_ = measured(decision.entry, "si_sdr - champion's > -1000")
    assert difference == pytest.approx((ours[theirs.index] - theirs).mean(), rel=1e-3, abs=1e-3)
    assert (ours[theirs.index] != theirs).all()
    assert decision.entry.champion_before == "1"
