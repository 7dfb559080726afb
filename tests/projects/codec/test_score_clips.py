import numpy as np
import pandas as pd
import pytest
import soundfile
from tiny_codec import save_tiny_codec, speech

from evaluation.quality.scoring import score_pair
from projects.audio.decode import RecordingError
from projects.codec.clips import Cutting
from projects.codec.load import load_codec
from projects.codec.score_clips import CLIPS_A_JOB, score_clips
from projects.parallel import FanOut

HERE = FanOut(workers=1)


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    return load_codec(str(save_tiny_codec(tmp_path_factory.mktemp("codec"))))


@pytest.fixture
def recordings(tmp_path):
    for run, name in enumerate("ab"):
        soundfile.write(tmp_path / f"{name}.wav", speech(2.5, run), 24_000, "FLOAT")
    (tmp_path / "c.wav").write_text("not audio")
    rows = [(name, str(tmp_path / f"{name}.wav"), "speech", f"of {name}") for name in "abc"]
    return pd.DataFrame(rows, columns=["recording_id", "path", "label", "group"])


def test_scores_are_those_of_the_codecs_own_sound_against_the_original(codec, recordings):
    clips, _ = score_clips(codec, recordings[:1], Cutting(20.0, 1), HERE)
    (clip,) = clips
    (sound,) = codec.decode(codec.encode([speech(2.5)], 6.0))
    expected, failures = score_pair(speech(2.5), sound[: len(speech(2.5))], 24_000)
    scores, missing = clip.scored["6kbps"]
    # PESQ of a random codec's noise turns on the last bit, which the number of threads decides.
    assert scores == pytest.approx(expected, rel=0.05)
    assert missing == failures
    assert (clip.item, clip.group, clip.seconds) == ("a@0s", "of a", 2.5)


def test_a_recording_in_parts_gives_each_clip_once_and_in_order(codec, recordings, tmp_path):
    """Parts that overlapped would count clips twice; a lost one would go unnoticed."""
    count = CLIPS_A_JOB + 1
    soundfile.write(tmp_path / "a.wav", speech(count), 24_000)
    clips, _ = score_clips(codec, recordings[:1], Cutting(1.0, count), HERE)
    assert [clip.item for clip in clips] == [f"a@{start}s" for start in range(count)]


@pytest.mark.slow
def test_workers_find_what_one_process_finds(codec, recordings):
    """Which clip is averaged must not depend on how many cores there were."""
    many, unread = score_clips(codec, recordings, Cutting(1.0, 1), FanOut(workers=2))
    one, unread_by_one = score_clips(codec, recordings, Cutting(1.0, 1), HERE)
    assert [clip.item for clip in many] == [clip.item for clip in one] == ["a@1s", "b@1s"]
    for ours, theirs in zip(many, one, strict=True):
        np.testing.assert_array_equal(ours.codes, theirs.codes)
        assert ours.scored["mel"][0] == pytest.approx(theirs.scored["mel"][0], rel=1e-3)
    assert list(unread) == list(unread_by_one) == ["c"]
    assert "expected WAV" in unread["c"]


def test_where_nothing_can_be_read_one_recording_and_its_reason_are_named(codec, recordings):
    with pytest.raises(RecordingError, match=r"not one of 1 recordings .* c: expected WAV"):
        score_clips(codec, recordings[2:], Cutting(1.0, 1), HERE)
